"""`python -m benchmarks.studios 100`: create 100 orgs in the database of DATABASE_URL.

Each org has a signed-in member, and packs with enough used sessions for the benchmark. The output
is JSON.
"""

from __future__ import annotations

import json
import os
import sys
from uuid import uuid4

from benchmarks.packs import TOTAL, USED

PACKS_ON_A_DESK = 50


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    import django

    django.setup()
    print(json.dumps([make_studio(n) for n in range(int(sys.argv[1]))]))


def make_studio(number: int) -> dict[str, object]:
    from django.test import Client as Browser

    from purchases import live_updates
    from purchases.models import Client, Offer, Org, Purchase
    from studio.models import Membership, User

    org = Org.objects.create(name=f"Studio {number}", slug=f"benchmark-{number}")
    user = User.objects.create(username=f"benchmark-{number}")
    Membership.objects.create(user=user, org=org, role=Membership.Role.STAFF)
    offer = Offer.objects.create(org=org, name="Pack", offer_type="session_pack", price_cents=1000)
    client = Client.objects.create(org=org, full_name="Ana Ruiz", email="ana@example.com")
    packs = Purchase.objects.bulk_create(
        Purchase(
            id=uuid4(),
            org=org,
            client=client,
            offer=offer,
            amount_paid_cents=1000,
            sessions_total=TOTAL,
            sessions_used=USED,
            payment_status="succeeded",
        )
        for _ in range(PACKS_ON_A_DESK)
    )
    browser = Browser()
    browser.force_login(user)
    session = browser.cookies["sessionid"].value
    return {
        "token": live_updates.token(org.pk, session),
        "session": session,
        "packs": [str(pack.pk) for pack in packs],
    }


if __name__ == "__main__":
    main()
