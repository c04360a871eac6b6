"""The offers of an org, and what happened to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from purchases.models import Offer, OfferEvent

# Other programs may write a null, which counts as on sale.
RETIRED = False
# A page shows this many changes of an offer.
SHOWN = 50


@dataclass(frozen=True)
class Offers:
    current: list[Offer]
    retired: list[Offer]


def offers_of(org_id: UUID) -> Offers:
    """Return the current and the retired offers of an org, each by name."""
    offers = list(Offer.objects.filter(org_id=org_id).order_by("name", "pk"))
    return Offers(
        [offer for offer in offers if offer.is_active is not RETIRED],
        [offer for offer in offers if offer.is_active is RETIRED],
    )


def offer_events(offer: Offer) -> list[OfferEvent]:
    """Return the changes of an offer with the users who made them, newest first."""
    events = OfferEvent.objects.filter(offer_id=offer.pk, org_id=offer.org_id)
    return list(events.select_related("actor").order_by("-pk")[:SHOWN])


def usual_currency(org_id: UUID) -> str:
    """Return the currency of the newest offer, or an empty text if the org has no offer."""
    newest = Offer.objects.filter(org_id=org_id).order_by("-created_at", "-pk")
    return newest.values_list("currency", flat=True).first() or ""
