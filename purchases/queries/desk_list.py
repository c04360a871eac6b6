"""Keyset pagination of the desk's list of purchases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone

from purchases.models import Purchase
from purchases.queries.search import first_matches, search_words

PAGE_SIZE = 50


@dataclass(frozen=True)
class Place:
    """A cursor of keyset pagination: the place after a purchase. Links contain it as text."""

    timestamp: datetime
    purchase_id: UUID

    def __str__(self) -> str:
        return f"{self.timestamp.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}_{self.purchase_id}"

    @classmethod
    def of(cls, purchase: Purchase, state: Purchase.State) -> Place:
        """Return the place of the purchase in the list of the state."""
        return cls(getattr(purchase, state.sort_column), purchase.pk)

    @classmethod
    def parse(cls, text: str) -> Place:
        """Parse the text that `str` writes. Raise ValueError for any other text."""
        timestamp, _, purchase_id = text.partition("_")
        parsed = datetime.strptime(timestamp, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
        return cls(parsed, UUID(purchase_id))


@dataclass(frozen=True)
class Page:
    purchases: list[Purchase]
    next: Place | None


def desk_page(*, org_id: UUID, q: str, state: Purchase.State, after: Place | None) -> Page:
    """Return a page of at most PAGE_SIZE purchases in a state, each with client and offer.

    If `q` has words, only purchases of clients that match every word are returned.
    """
    words = search_words(q)
    if q and not words:
        return Page([], None)
    purchases = Purchase.objects.of_org(org_id).in_state(state, timezone.now()).in_order_of(state)
    if after:
        purchases = purchases.after(state, after.timestamp, after.purchase_id)
    if words:
        purchases = first_matches(
            purchases, words, org_id=org_id, state=state, at_most=PAGE_SIZE + 1
        )
    # Load one row more than a page, to know whether another page follows.
    listed = list(purchases.for_rows()[: PAGE_SIZE + 1])
    page = listed[:PAGE_SIZE]
    more = len(listed) > PAGE_SIZE
    return Page(page, Place.of(page[-1], state) if more else None)


def purchases_by_id(*, org_id: UUID, ids: list[UUID]) -> list[Purchase]:
    """Return the org's purchases with these ids, each with client and offer, unordered."""
    return list(Purchase.objects.of_org(org_id).filter(pk__in=ids).for_rows())
