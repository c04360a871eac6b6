"""`python -m benchmarks.middles`: the place half way through each list of the desk, in the database
that DATABASE_URL names, as its links say it. Prints them as JSON, by state; null where no
purchase comes after the middle one."""

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

    middles: dict[str, str | None] = {}
    org = Org.objects.get()
    for state in Purchase.State:
        listed = Purchase.objects.of_org(org.pk).in_state(state, timezone.now()).in_order_of(state)
        count = listed.count()
        middles[state.value] = str(Place.of(listed[count // 2], state)) if count > 2 else None
    print(json.dumps(middles))


if __name__ == "__main__":
    main()
