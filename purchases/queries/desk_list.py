"""Keyset pagination of the desk's list of purchases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from purchases import clock
from purchases.models import Purchase

PAGE_SIZE = 50
# The beginning of the text of a client's place.
CLIENT = "client_"

# A time as PostgreSQL writes it.
SORT_KEY = re.compile(
    r"-?infinity|(\d{4}|[1-9]\d{4,5})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?( BC)?",
    re.ASCII,
)
# PostgreSQL's first day, 24 November 4714 BC in astronomical numbering, and its last year.
FIRST_DAY = (-4713, 11, 24)
LAST_YEAR = 294276


@dataclass(frozen=True)
class Place:
    """A cursor of keyset pagination: the place after a purchase. Links contain it as text.

    The cursor has the stored time as PostgreSQL writes it, because the list is ordered by it. The
    time of the object is clamped, so it may be another one.

    A search lists clients. Its place is that of the client's first purchase. If the client has no
    purchases, `is_client` is set, and the place has the client's own time and id.
    """

    sort_key: str
    row_id: UUID
    is_client: bool = False

    def __str__(self) -> str:
        return f"{CLIENT if self.is_client else ''}{self.sort_key}_{self.row_id}"

    @classmethod
    def of(cls, purchase: Purchase) -> Place:
        """Return the place of a purchase of a queryset `with_sort_key`."""
        return cls(vars(purchase)["sort_key"], purchase.pk)

    @classmethod
    def parse(cls, text: str) -> Place:
        """Parse the text that `str` writes. Raise ValueError for any other text."""
        is_client = text.startswith(CLIENT)
        sort_key, _, row_id = text.removeprefix(CLIENT).partition("_")
        _check_sort_key(sort_key)
        return cls(sort_key, UUID(row_id), is_client)


def _check_sort_key(text: str) -> None:
    """Raise ValueError for a text that PostgreSQL would refuse."""
    match = SORT_KEY.fullmatch(text)
    if match is None:
        raise ValueError(text)
    if "infinity" in text:
        return
    *numbers, before_christ = match.groups()
    year, month, day, hour, minute, second = map(int, numbers)
    if year == 0:
        raise ValueError(text)
    # The year before 1 is 1 BC, which is 0 in astronomical numbering.
    year = 1 - year if before_christ else year
    if (year, month, day) < FIRST_DAY or year > LAST_YEAR:
        raise ValueError(text)
    # Python has fewer years. Leap years repeat every 400 years.
    datetime(2000 + year % 400, month, day, hour, minute, second)


@dataclass(frozen=True)
class Page:
    purchases: list[Purchase]
    next: Place | None


def desk_page(*, org_id: UUID, state: Purchase.State, after: Place | None) -> Page:
    """Return a page of at most PAGE_SIZE purchases in a state, each with client and offer."""
    purchases = Purchase.objects.of_org(org_id).in_state(state, clock.now()).in_order_of(state)
    if after:
        purchases = purchases.after(state, after.sort_key, after.row_id)
    # Load one row more than a page, to know whether another page follows.
    listed = list(purchases.for_rows().with_sort_key(state)[: PAGE_SIZE + 1])
    page = listed[:PAGE_SIZE]
    more = len(listed) > PAGE_SIZE
    return Page(page, Place.of(page[-1]) if more else None)


def purchases_by_id(*, org_id: UUID, ids: list[UUID]) -> list[Purchase]:
    """Return the org's purchases with these ids, each with client and offer, unordered."""
    return list(Purchase.objects.of_org(org_id).filter(pk__in=ids).for_rows())
