"""Every kind of purchase that the desk shows, including malformed rows of other programs."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from purchases.models import Org, Purchase
from tests.factories import make_client, make_offer, make_purchase

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# kind: (columns, the filters that show it besides "all", the buttons in its row).
# `expires` counts from now. By default 3 of 10 sessions are used, and the pack is paid.
PACKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "half used": ({}, "active", "Reinstate Use"),
    "fresh": ({"used": 0}, "active", "Use"),
    "used up": ({"used": 10}, "used_up", "Reinstate"),
    "expires within the hour": ({"expires": HOUR}, "active expiring", "Reinstate Use"),
    "expires in 13 days": ({"expires": 13 * DAY}, "active expiring", "Reinstate Use"),
    "expires in 15 days": ({"expires": 15 * DAY}, "active", "Reinstate Use"),
    "expired": ({"expires": -HOUR}, "expired", "Reinstate"),
    "fresh, expired": ({"used": 0, "expires": -HOUR}, "expired", ""),
    "used up, expired": ({"used": 10, "expires": -HOUR}, "used_up expired", "Reinstate"),
    "used up, expires in a week": ({"used": 10, "expires": 7 * DAY}, "used_up", "Reinstate"),
    "not paid yet": ({"payment_status": "pending"}, "unpaid", ""),
    "payment failed": ({"payment_status": "failed"}, "unpaid", ""),
    "payment unknown": ({"payment_status": None}, "unpaid", ""),
    "refunded": ({"payment_status": "refunded"}, "", ""),
    "refunded, expired": ({"payment_status": "refunded", "expires": -DAY}, "expired", ""),
    "not paid, expired": ({"payment_status": "pending", "expires": -DAY}, "unpaid expired", ""),
    "not paid, used up": ({"payment_status": "pending", "used": 10}, "unpaid used_up", ""),
    "single session": ({"total": 1, "used": 0}, "active", "Use"),
    "subscription": ({"total": None, "used": 0}, "active", ""),
    "no number of sessions": ({"total": None, "used": 3}, "active", "Reinstate"),
    "count missing": ({"used": None}, "", ""),
    "both counts missing": ({"total": None, "used": None}, "active", ""),
    "more used than bought": ({"used": 12}, "used_up", ""),
    "less than nothing used": ({"used": -2}, "active", ""),
    "a pack of none": ({"total": 0, "used": 0}, "used_up", ""),
}


def make_pack(*, org: Org, kind: str) -> Purchase:
    """Create a purchase of this kind, for a new client with the kind as name."""
    columns = dict(PACKS[kind][0])
    if expires := columns.pop("expires", None):
        columns["expires_at"] = timezone.now() + expires
    offer = make_offer(
        org=org, offer_type="subscription" if kind == "subscription" else "session_pack"
    )
    return make_purchase(org=org, client=make_client(org=org, name=kind), offer=offer, **columns)


def used(purchase: Purchase) -> int | None:
    """Read `sessions_used` from the database."""
    return Purchase.objects.values_list("sessions_used", flat=True).get(pk=purchase.pk)
