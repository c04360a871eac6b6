"""`python -m benchmarks.midpoints`: print the page link half way through each list of the desk.

The output is JSON by state, for the database of DATABASE_URL: null if no purchase follows.
"""

from __future__ import annotations

import json
import os


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    import django

    django.setup()
    from django.utils import timezone

    from purchases.models import Org, Purchase
    from purchases.queries import Place

    midpoints: dict[str, str | None] = {}
    org = Org.objects.get()
    for state in Purchase.State:
        listed = Purchase.objects.of_org(org.pk).in_state(state, timezone.now())
        listed = listed.in_order_of(state).with_sort_key(state)
        count = listed.count()
        midpoints[state.value] = str(Place.of(listed[count // 2])) if count > 2 else None
    print(json.dumps(midpoints))


if __name__ == "__main__":
    main()
