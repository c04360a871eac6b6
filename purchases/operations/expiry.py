"""Operations on an expiry: extend, undo an extension, and correct."""

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
    original_request,
    request_key,
)

EXTEND = read_statement(SQL_DIR / "claim_and_extend.sql")
UNDO_EXTENSION = read_statement(SQL_DIR / "claim_and_undo_extension.sql")
CORRECT_EXPIRY = read_statement(SQL_DIR / "claim_and_correct_expiry.sql")


class ExpiryRow(NamedTuple):
    """The result of a statement: the new expiry (or whether it changed), and the event."""

    done: datetime | bool | None
    event_id: int


@dataclass(frozen=True)
class NewExpiry:
    """The result of a request, the same for every retry."""

    expires_at: datetime | None
    event_id: int


def extend(*, member: Member, purchase: Purchase, command: Extend) -> NewExpiry:
    """Extend an expiry: through the day `until`, or by `days` after the later of today and the
    day on which it expires.

    The new expiry is the end of that day in the active time zone. A concurrent extension by days
    adds to the first one. The purchase gets the new expiry.
    Raise `Refused` if the purchase never expires or was refunded, or if the day is past or not
    later than the current expiry.
    """
    key = request_key(
        Operation.EXTEND,
        command.request_id,
        purchase,
        member.user_id,
        extend_days=command.days,
        extend_until=command.until,
    )
    refusal = purchase.extend_refusal(end_of(command.until) if command.until else None)
    zone = timezone.get_current_timezone_name()
    return _claim_and_change(
        EXTEND, key, purchase, refusal, Refusal.JUST_CHANGED, note=command.note, zone=zone
    )


def undo_extension(*, member: Member, event: ExpiryEvent, command: UndoExtension) -> NewExpiry:
    """Undo an extension: the purchase gets its former expiry.

    Raise `Refused` if the expiry has changed since, or if a member of the staff undoes it after 15
    minutes or undoes another person's extension. Owners may do both.
    """
    key = request_key(
        Operation.UNDO_EXTENSION,
        command.request_id,
        event.purchase,
        member.user_id,
        event_id=event.pk,
    )
    refusal = event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any"))
    before = event.expires_before
    return _claim_and_change(
        UNDO_EXTENSION, key, event.purchase, refusal, Refusal.EXPIRY_CHANGED, back_to=before
    )


def correct_expiry(*, actor_id: int, purchase: Purchase, command: CorrectExpiry) -> None:
    """Set an expiry to any time, or to never. An equal expiry changes nothing."""
    key = request_key(Operation.CORRECT_EXPIRY, command.request_id, purchase, actor_id)
    values = {"reason": None, "note": "", "refusal": None, "expires_at": command.expires_at}
    fetch_one(CORRECT_EXPIRY, key | values, ExpiryRow)


def end_of(day: date) -> datetime:
    """Return the last second of the day in the active time zone."""
    # If clocks go back at midnight, that second occurs twice. Return the later one.
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59, fold=1)))


def _claim_and_change(
    statement: str,
    key: dict[str, Any],
    purchase: Purchase,
    refusal: Refusal | None,
    otherwise: Refusal,
    *,
    note: str = "",
    zone: str = "",
    back_to: datetime | None = None,
) -> NewExpiry:
    """Claim the request, change the expiry, and return the result.

    Raise `Refused` with `otherwise` if the database refuses a change that the row allowed.
    """
    values = {"reason": None, "note": note, "refusal": refusal and refusal.value, "zone": zone}
    if refusal and refusal.is_decided_by_the_page:
        statement = REFUSE
    row = fetch_one(statement, key | values, ExpiryRow)
    if row is None:
        original = original_request(key, purchase)
        if not hasattr(original, "expiry_event"):
            raise Refused(Refusal(original.refusal or otherwise).label)
        return NewExpiry(original.expiry_event.expires_at, original.expiry_event.pk)
    if not row.done:
        purchase.refresh_counts()
        raise Refused((refusal or otherwise).label)
    purchase.expires_at = back_to if row.done is True else row.done
    return NewExpiry(purchase.expires_at, row.event_id)
