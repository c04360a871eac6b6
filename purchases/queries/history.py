"""A purchase's history, merged from both ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from operator import attrgetter

from purchases.member import Member
from purchases.models import ExpiryEvent, Purchase, SessionEvent


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
    """Return every change of a purchase's count and expiry, newest first.

    Each entry has the request with its actor, and whether this member can reverse it.
    """
    # Each ledger stays in order of id, because the server's clock may be set back.
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
    can_reinstate = member.may("reinstate") and purchase.reinstate_refusal is None
    return [
        Entry(
            event=event,
            can_be_reinstated=can_reinstate and event.is_open_use,
            can_be_undone=member.may("undo")
            and event.kind == SessionEvent.Kind.REINSTATED
            and not event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any")),
        )
        for event in events
    ]


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
