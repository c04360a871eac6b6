"""What the pages read, put together from the querysets of `models`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from purchases.access import Member
from purchases.models import (
    Client,
    ClientSearchTerm,
    ExpiryEvent,
    Purchase,
    SessionEvent,
    SessionRequest,
)
from purchases.models.purchase import PurchaseQuerySet

PAGE_SIZE = 50
# To look up the purchases of so many clients takes as long as to go through the newest purchases
# for a page of theirs, in a studio of half a million clients.
MANY_CLIENTS = 3_000


@dataclass(frozen=True)
class Place:
    """A place in a list: just after this purchase. As text, it stands in links."""

    moment: datetime
    purchase_id: UUID

    def __str__(self) -> str:
        return f"{self.moment.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}_{self.purchase_id}"

    @classmethod
    def of(cls, purchase: Purchase, state: Purchase.State) -> Place:
        """Where the purchase stands in the list of the state."""
        return cls(getattr(purchase, state.goes_by), purchase.pk)

    @classmethod
    def parse(cls, text: str) -> Place:
        """Raises ValueError where the text is not of the form that `str` gives."""
        moment, _, purchase_id = text.partition("_")
        parsed = datetime.strptime(moment, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
        return cls(parsed, UUID(purchase_id))


@dataclass(frozen=True)
class Page:
    purchases: list[Purchase]
    next: Place | None


def desk_page(*, org_id: UUID, q: str, state: Purchase.State, after: Place | None) -> Page:
    """At most 50 purchases of the org in the order of the state, each with client and offer: those
    in the state, of clients whom every word of `q` finds."""
    words = search_words(q)
    if q and not words:
        return Page([], None)
    purchases = Purchase.objects.of_org(org_id).in_state(state, timezone.now()).in_order_of(state)
    if after:
        purchases = purchases.after(state, after.moment, after.purchase_id)
    if words:
        # The page is found before anything is joined to it.
        ids = _found(purchases, words, org_id)
        purchases = Purchase.objects.filter(pk__in=ids).in_order_of(state)
    # One more than a page tells whether another page follows.
    found = list(purchases.select_related("client", "offer")[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return Page(page, Place.of(page[-1], state) if more else None)


def _found(purchases: PurchaseQuerySet, words: list[str], org_id: UUID) -> QuerySet[Purchase, Any]:
    """The ids of those of these purchases that a search shows, or of the first page of them.

    The purchases of a few clients are found by the clients, and sorted; those of many by going
    through the list until a page is full. Either way at most some thousand rows are
    looked at, however many the studio has; PostgreSQL, left to guess, may look at all of them.
    It asks which way it is before it goes either, and the other one costs nothing.
    """
    terms = ClientSearchTerm.objects.all().of_clients_matching(words, org_id)
    are_many = Exists(terms[MANY_CLIENTS : MANY_CLIENTS + 1])
    by_client = purchases.filter(~are_many).of_clients_found(terms)
    one_by_one = purchases.filter(are_many).of_clients_matching(words)
    pages = [ways.values("pk")[: PAGE_SIZE + 1] for ways in (by_client, one_by_one)]
    return pages[0].union(pages[1], all=True)


def purchases_by_id(*, org_id: UUID, ids: list[UUID]) -> list[Purchase]:
    """Those that the org has, each with client and offer, in no order."""
    return list(
        Purchase.objects.of_org(org_id).filter(pk__in=ids).select_related("client", "offer")
    )


@dataclass(frozen=True)
class GivenBack:
    """How often a client was given a session back for one reason, for none that was said, or by
    another program, which no allowance counts."""

    reason: str
    within_30_days: int
    within_90_days: int
    within_a_year: int


@dataclass(frozen=True)
class Standing:
    """What a client holds, and how often they were given sessions back."""

    purchases: list[Purchase]
    sessions_left: int
    given_back: list[GivenBack]


def standing(client: Client) -> Standing:
    """A client's purchases, those that can be used first and then the newest; what is left on
    those; and the sessions given back and not undone, the most frequent reason first."""
    newest_first = client.purchases.select_related("client", "offer").newest_first()
    purchases = sorted(newest_first, key=lambda purchase: purchase.why_not_use is not None)
    usable = [purchase for purchase in purchases if purchase.why_not_use is None]
    left = sum(purchase.sessions_remaining or 0 for purchase in usable)
    return Standing(purchases, left, _given_back(client))


def _given_back(client: Client) -> list[GivenBack]:
    now = timezone.now()
    events = SessionEvent.objects.filter(
        purchase__client=client,
        kind=SessionEvent.Kind.REINSTATED,
        reversed_by=None,
        occurred_at__gt=now - timedelta(days=365),
    )
    lines = (
        events.annotate(was_asked=Q(request__isnull=False))
        .values_list("request__reason", "was_asked")
        .annotate(
            month=Count("pk", filter=Q(occurred_at__gt=now - timedelta(days=30))),
            quarter=Count("pk", filter=Q(occurred_at__gt=now - timedelta(days=90))),
            year=Count("pk"),
        )
        .order_by("-year", "request__reason", "-was_asked")
    )
    return [GivenBack(_in_words(reason, asked), *counts) for reason, asked, *counts in lines]


def _in_words(reason: str | None, was_asked: bool) -> str:
    if reason:
        return str(SessionRequest.Reason(reason).label)
    return gettext("No reason given") if was_asked else capfirst(gettext("another program"))


@dataclass(frozen=True)
class Entry:
    """A line of a purchase's history."""

    event: SessionEvent | ExpiryEvent
    can_be_reinstated: bool = False
    can_be_undone: bool = False

    @property
    def is_of_expiry(self) -> bool:
        return isinstance(self.event, ExpiryEvent)

    @property
    def occurred_at(self) -> datetime:
        return self.event.occurred_at


def history(purchase: Purchase, member: Member) -> list[Entry]:
    """Every change of a purchase's count and of its expiry, newest first, each with who asked for
    it and why, and with what this member can take back."""
    # Each ledger keeps its own order: a clock may be set back.
    ledgers = _history_of_count(purchase, member), _history_of_expiry(purchase, member)
    return list(merge(*ledgers, key=attrgetter("occurred_at"), reverse=True))


def _history_of_count(purchase: Purchase, member: Member) -> list[Entry]:
    events = purchase.events.select_related(
        "request__actor",
        "request__approved_by",
        "reverses",
        "reversed_by__request__actor",
        "reversed_by__request__approved_by",
        "reversed_by__reversed_by",
    ).order_by("-pk")
    can_reinstate = member.may("reinstate") and purchase.why_not_reinstate is None
    return [
        Entry(
            event=event,
            can_be_reinstated=can_reinstate and event.is_open_use,
            can_be_undone=member.may("undo")
            and event.kind == SessionEvent.Kind.REINSTATED
            and not event.why_not_undo(user_id=member.user_id, however_late=member.may("undo_any")),
        )
        for event in events
    ]


def _history_of_expiry(purchase: Purchase, member: Member) -> list[Entry]:
    # An undo is never reversed itself; asked together, that costs no query of its own.
    related = (
        "request__actor",
        "reverses",
        "reversed_by__request__actor",
        "reversed_by__reversed_by",
    )
    events = list(purchase.expiry_events.select_related(*related).order_by("-pk"))
    # As extension_to_undo has it: what came after an extension keeps it from being undone.
    done = [each for each in events if each.kind != ExpiryEvent.Kind.UNDONE]
    lasting = [each for each in done if not hasattr(each, "reversed_by")]
    can_undo = (
        bool(lasting)
        and lasting[0].kind == ExpiryEvent.Kind.EXTENDED
        and member.may("undo")
        and not lasting[0].why_not_undo(user_id=member.user_id, however_late=member.may("undo_any"))
    )
    return [Entry(each, can_be_undone=can_undo and each is lasting[0]) for each in events]


def search_words(q: str) -> list[str]:
    """What was typed, as the words that must each begin a search term of the client.

    A phone number in any spelling is one word, without the zeros that replace a country code.
    Empty where nothing was typed that a name, an e-mail or a phone number could begin with.
    """
    if re.fullmatch(r"[\d\s()+./-]+", q):
        q = re.sub(r"\D", "", q.replace("(0)", ""))
    words: list[str] = []
    for word in q.split():
        words += [word] if "@" in word else re.split(r"[.,;:/_&()\"“”+–—-]+", word)
    words = [word.lstrip("0") if word.isdigit() else word for word in words]
    return [word for word in words if word.strip("'’‘ʼʻ`´")]
