"""A purchase's history, merged from the three ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from operator import attrgetter
from uuid import UUID

from purchases.member import Member
from purchases.models import Client, ExpiryEvent, Purchase, PurchaseEvent, SessionEvent

Event = SessionEvent | ExpiryEvent | PurchaseEvent


@dataclass(frozen=True)
class Entry:
    """A line of a purchase's history."""

    event: Event
    can_be_reinstated: bool = False
    can_be_undone: bool = False
    can_be_moved: bool = False
    # The event that sold or imported the purchase, if this event opened its count.
    sold: PurchaseEvent | None = None
    sale_can_be_undone: bool = False
    # The event of the same move on the other purchase.
    other_side: SessionEvent | None = None

    @property
    def is_of_expiry(self) -> bool:
        return isinstance(self.event, ExpiryEvent)

    @property
    def is_of_purchase(self) -> bool:
        return isinstance(self.event, PurchaseEvent)

    @property
    def occurred_at(self) -> datetime:
        return self.event.occurred_at


@dataclass(frozen=True)
class FormerUse:
    """The sessions that were used while another client had the purchase."""

    client: Client | None
    sessions: int


def history(
    purchase: Purchase, member: Member, other_packs: Sequence[Purchase] = ()
) -> list[Entry]:
    """Return every change of a purchase, newest first.

    Each entry has the request with its actor, and whether this member can reverse it. A use can be
    moved to one of `other_packs`.
    """
    changes = _history_of_purchase(purchase, member)
    expiries = _history_of_expiry(purchase, member)
    sale = _sale(changes, expiries)
    # Each ledger stays in order of id, because the server's clock may be set back.
    ledgers = (
        _history_of_count(purchase, member, other_packs, sale, _last_transfer(changes)),
        expiries,
        [entry for entry in changes if entry.event.kind in SHOWN],
    )
    return list(merge(*ledgers, key=attrgetter("occurred_at"), reverse=True))


def _sale(changes: Sequence[Entry], expiries: Sequence[Entry]) -> Entry | None:
    """Return the sale or the import of the purchase.

    A sale cannot be undone while a change of the expiry remains.
    """
    for entry in changes:
        if entry.event.kind == PurchaseEvent.Kind.SOLD:
            has_new_expiry = any(_remains(later.event) for later in expiries)
            return replace(entry, can_be_undone=entry.can_be_undone and not has_new_expiry)
        if entry.event.kind == PurchaseEvent.Kind.OPENED and entry.event.request is not None:
            return replace(entry, can_be_undone=False)
    return None


def _remains(event: Event) -> bool:
    return event.kind != PurchaseEvent.Kind.UNDONE and not hasattr(event, "reversed_by")


def _last_transfer(entries: Sequence[Entry]) -> datetime | None:
    """Return the time of the last transfer that was not undone, or None."""
    for entry in entries:
        event = entry.event
        if event.kind == PurchaseEvent.Kind.TRANSFERRED and not hasattr(event, "reversed_by"):
            return event.occurred_at
    return None


def former_uses(purchase: Purchase, entries: Sequence[Entry]) -> list[FormerUse]:
    """Return how many sessions were used while a former client had the purchase."""
    used = used_before = 0
    sessions: dict[UUID | None, int] = {}
    clients: dict[UUID | None, Client | None] = {}
    for entry in reversed(entries):
        event = entry.event
        if isinstance(event, SessionEvent):
            used = event.sessions_used or 0
        elif isinstance(event, PurchaseEvent) and event.is_transfer:
            former = event.client_before_id
            sessions[former] = sessions.get(former, 0) + used - used_before
            clients[former] = event.client_before
            used_before = used
    return [
        FormerUse(clients[client_id], count)
        for client_id, count in sessions.items()
        if count > 0 and client_id != purchase.client_id
    ]


UNDOS = [PurchaseEvent.Kind.UNDONE, PurchaseEvent.Kind.UNMERGED]
# The ledger of counts shows that a purchase was opened or deleted.
SHOWN = [
    PurchaseEvent.Kind.CORRECTED,
    PurchaseEvent.Kind.TRANSFERRED,
    PurchaseEvent.Kind.REFUNDED,
    PurchaseEvent.Kind.PAID,
    PurchaseEvent.Kind.UNDONE,
    PurchaseEvent.Kind.MERGED,
    PurchaseEvent.Kind.UNMERGED,
]


def _history_of_count(
    purchase: Purchase,
    member: Member,
    other_packs: Sequence[Purchase],
    sale: Entry | None,
    last_transfer: datetime | None,
) -> list[Entry]:
    events = list(
        purchase.events.select_related(
            "request__actor",
            "request__approved_by",
            "reverses",
            "reversed_by__request__actor",
            "reversed_by__request__approved_by",
            "reversed_by__reversed_by",
        ).order_by("-pk")
    )
    other_sides = _other_sides(purchase, events)
    can_reinstate = member.may("reinstate") and purchase.reinstate_refusal is None
    can_move = member.may("move_use") and bool(purchase.sessions_used)
    sold = sale.event if sale and isinstance(sale.event, PurchaseEvent) else None
    entries = []
    for event in events:
        is_first = event.kind == SessionEvent.Kind.OPENED
        other_side = other_sides.get(event.request_id)
        entries.append(
            Entry(
                event=event,
                can_be_reinstated=can_reinstate and event.is_open_use,
                can_be_undone=_can_undo_count(event, other_side, member),
                can_be_moved=can_move
                and event.is_open_use
                and (last_transfer is None or event.occurred_at > last_transfer)
                and any(pack.can_take_use(event.occurred_at) for pack in other_packs),
                sold=sold if is_first else None,
                sale_can_be_undone=is_first and sale is not None and sale.can_be_undone,
                other_side=other_side,
            )
        )
    return entries


def _other_sides(
    purchase: Purchase, events: Sequence[SessionEvent]
) -> dict[UUID | None, SessionEvent]:
    """Return by request the events of moves on the other purchase. It costs no query if the
    purchase has no moved use."""
    requests = {event.request_id for event in events if event.is_of_move}
    if not requests:
        return {}
    on_others = SessionEvent.objects.filter(
        request_id__in=requests, purchase__org_id=purchase.org_id
    ).exclude(purchase=purchase)
    related = on_others.select_related("purchase__offer", "reversed_by")
    return {event.request_id: event for event in related}


def _can_undo_count(event: SessionEvent, other_side: SessionEvent | None, member: Member) -> bool:
    if not member.may("undo"):
        return False
    if event.kind == SessionEvent.Kind.MOVED:
        if other_side is None or hasattr(other_side, "reversed_by"):
            return False
        # The event on the other purchase has to be undone as well.
        refusal = other_side.purchase.adjust_refusal(-other_side.delta)
    elif not event.has_undoable_kind:
        return False
    else:
        refusal = None
    return not refusal and not event.undo_refusal(
        user_id=member.user_id, however_late=member.may("undo_any")
    )


def _history_of_expiry(purchase: Purchase, member: Member) -> list[Entry]:
    # An undo is never reversed. Selecting its relation here avoids a query per row.
    related = (
        "request__actor",
        "reverses",
        "reversed_by__request__actor",
        "reversed_by__reversed_by",
    )
    events = list(purchase.expiry_events.select_related(*related).order_by("-pk"))
    # As in the SQL function extension_to_undo, a later change prevents undoing an extension.
    done = [event for event in events if event.kind != ExpiryEvent.Kind.UNDONE]
    lasting = [event for event in done if not hasattr(event, "reversed_by")]
    can_undo = (
        bool(lasting)
        and lasting[0].kind == ExpiryEvent.Kind.EXTENDED
        and member.may("undo")
        and not lasting[0].undo_refusal(user_id=member.user_id, however_late=member.may("undo_any"))
    )
    return [Entry(event, can_be_undone=can_undo and event is lasting[0]) for event in events]


def _history_of_purchase(purchase: Purchase, member: Member) -> list[Entry]:
    related = (
        "request__actor",
        "request__approved_by",
        "client_request__actor",
        "client",
        "client_before",
        "offer",
        "offer_before",
        "reverses",
        "reversed_by__request__actor",
        "reversed_by__request__approved_by",
        "reversed_by__reversed_by",
    )
    events = list(purchase.purchase_events.select_related(*related).order_by("-pk"))
    for event in events:
        # The undo compares what the event set with the purchase of today.
        event.purchase = purchase
    lasting = [
        event for event in events if event.kind not in UNDOS and not hasattr(event, "reversed_by")
    ]
    return [
        Entry(
            event,
            can_be_undone=member.may("undo")
            and not any(event.overlaps(later) for later in lasting if later.pk > event.pk)
            and event.kind in PurchaseEvent.UNDOABLE
            and event.request is not None
            and not event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any")),
        )
        for event in events
    ]
