"""`python -m benchmarks.middles`: the place half way through each list of the desk, in the database
that DATABASE_URL names, as its links say it. Prints them as JSON, by state; null where there is
less than two pages."""

from __future__ import annotations

import json
import os


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    import django

    django.setup()
    from django.utils import timezone

    from purchases.models import Org, Purchase
    from purchases.queries import PAGE_SIZE, Place

    middles: dict[str, str | None] = {}
    org = Org.objects.get()
    for state in Purchase.State:
        listed = Purchase.objects.of_org(org.pk).in_state(state, timezone.now())
        half = listed.count() // 2
        middles[state.value] = None
        if half >= PAGE_SIZE:
            purchased_at, purchase_id = (
                listed.newest_first().values_list("purchased_at", "pk")[half : half + 1].get()
            )
            middles[state.value] = str(Place(purchased_at, purchase_id))
    print(json.dumps(middles))


if __name__ == "__main__":
    main()
