"""Extend, undo that, and correct: what a person can do to an expiry."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.utils import timezone

from purchases.database import SQL_DIR, fetch_one, read_statement
from purchases.member import Member
from purchases.models import ExpiryEvent, Purchase, Refusal
from purchases.operations.commands import CorrectExpiry, Extend, UndoExtension
from purchases.operations.requests import (
    REFUSE,
    Operation,
    Refused,
    asked_for,
    first_request,
)

EXTEND = read_statement(SQL_DIR / "claim_and_extend.sql")
UNDO_EXTENSION = read_statement(SQL_DIR / "claim_and_undo_extension.sql")
CORRECT_EXPIRY = read_statement(SQL_DIR / "claim_and_correct_expiry.sql")


class ExpiryRow(NamedTuple):
    """What a statement returns: the new expiry, or whether it changed, and the event it wrote."""

    done: datetime | bool | None
    event_id: int


@dataclass(frozen=True)
class NewExpiry:
    """The answer to a request, the first time and every time after."""

    expires_at: datetime | None
    event_id: int


def extend(*, member: Member, purchase: Purchase, command: Extend) -> NewExpiry:
    """Let a purchase be used for longer: through the day `until`, or else through the day that
    comes so many days after the later of today and the day on which it expires.

    Whatever time of day it expired at before, it then expires with the end of that day in the time
    zone at hand: a client may come on the day that the desk named. Of two extensions by days at
    once, the second counts from where the first led. The purchase carries the new expiry.
    Raises `Refused` where it never expires or was refunded, and where the day is past, or no later
    than what stands.
    """
    asked = asked_for(
        Operation.EXTEND,
        command.request_id,
        purchase,
        member.user_id,
        extend_days=command.days,
        extend_until=command.until,
    )
    refusal = purchase.extend_refusal(end_of(command.until) if command.until else None)
    zone = timezone.get_current_timezone_name()
    return _act(
        EXTEND, asked, purchase, refusal, Refusal.JUST_CHANGED, note=command.note, zone=zone
    )


def undo_extension(*, member: Member, event: ExpiryEvent, command: UndoExtension) -> NewExpiry:
    """Take an extension back: the purchase expires when it did before.

    Raises `Refused` where the expiry was changed since, and where staff come after 15 minutes or
    for what somebody else did: that is for owners.
    """
    asked = asked_for(
        Operation.UNDO_EXTENSION,
        command.request_id,
        event.purchase,
        member.user_id,
        event_id=event.pk,
    )
    refusal = event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any"))
    before = event.expires_before
    return _act(
        UNDO_EXTENSION, asked, event.purchase, refusal, Refusal.EXPIRY_CHANGED, back_to=before
    )


def correct_expiry(*, actor_id: int, purchase: Purchase, command: CorrectExpiry) -> None:
    """Put an expiry right, to any moment or to never. Nothing happens where it is that already."""
    asked = asked_for(Operation.CORRECT_EXPIRY, command.request_id, purchase, actor_id)
    said = {"reason": None, "note": "", "refusal": None, "expires_at": command.expires_at}
    fetch_one(CORRECT_EXPIRY, asked | said, ExpiryRow)


def end_of(day: date) -> datetime:
    """Its last second, as the database will have it."""
    # Where a clock is turned back over midnight there are two: the later one.
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59, fold=1)))


def _act(
    statement: str,
    asked: dict[str, Any],
    purchase: Purchase,
    refusal: Refusal | None,
    otherwise: Refusal,
    *,
    note: str = "",
    zone: str = "",
    back_to: datetime | None = None,
) -> NewExpiry:
    """Claim the request, move the expiry, and say what came of it; `otherwise` is why the database
    changed nothing where the page had expected that it would."""
    said = {"reason": None, "note": note, "refusal": refusal and refusal.value, "zone": zone}
    if refusal and refusal.is_decided_by_the_page:
        statement = REFUSE
    answer = fetch_one(statement, asked | said, ExpiryRow)
    if answer is None:
        first = first_request(asked, purchase)
        if not hasattr(first, "expiry_event"):
            raise Refused(Refusal(first.refusal or otherwise).label)
        return NewExpiry(first.expiry_event.expires_at, first.expiry_event.pk)
    if not answer.done:
        purchase.refresh_counts()
        raise Refused((refusal or otherwise).label)
    purchase.expires_at = back_to if answer.done is True else answer.done
    return NewExpiry(purchase.expires_at, answer.event_id)
