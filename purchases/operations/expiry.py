"""Operations on an expiry: extend, undo an extension, and correct."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from purchases import clock
from purchases.database import SQL_DIR, fetch_one, read_statement, timestamptz_array
from purchases.days import day_end, day_ends, last_moment
from purchases.member import Member
from purchases.models import ExpiryEvent, Purchase, Refusal
from purchases.operations.commands import CorrectExpiry, Extend, UndoExtension
from purchases.operations.requests import (
    Operation,
    Refused,
    original_request,
    request_key,
    run_claim,
)

EXTEND = read_statement(SQL_DIR / "claim_and_extend.sql")
UNDO_EXTENSION = read_statement(SQL_DIR / "claim_and_undo_extension.sql")
CORRECT_EXPIRY = read_statement(SQL_DIR / "claim_and_correct_expiry.sql")

# An extension by days counts from the expiry that the database has at that time. The limits are for
# concurrent extensions, which move it forward, and their undos, which move it back.
MOVED_FORWARD = timedelta(days=400)
MOVED_BACK = timedelta(days=32)


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
    last day on which the pack is good.

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
    zone = timezone.get_current_timezone()
    until = day_end(command.until, zone) if command.until else None
    refusal = purchase.extend_refusal(until)
    return _claim_and_change(
        EXTEND,
        key,
        purchase,
        refusal,
        Refusal.JUST_CHANGED,
        note=command.note,
        until=until,
        day_ends=timestamptz_array(_possible_ends(purchase, command.days or 0)),
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


def _possible_ends(purchase: Purchase, days: int) -> list[datetime]:
    """Return the end of each day in which an extension by `days` may start or end."""
    if not days:
        return []
    now = clock.now()
    start = timezone.localdate(max(now, last_moment(purchase.expires_at or now)))
    # The day before the first one is needed too, because a day begins after it.
    first = start - MOVED_BACK - timedelta(days=1)
    count = (MOVED_BACK + MOVED_FORWARD).days + days + 2
    return day_ends(first, count, timezone.get_current_timezone())


def _claim_and_change(
    statement: str,
    key: dict[str, Any],
    purchase: Purchase,
    refusal: Refusal | None,
    otherwise: Refusal,
    *,
    note: str = "",
    back_to: datetime | None = None,
    **params: Any,
) -> NewExpiry:
    """Claim the request, change the expiry, and return the result.

    Raise `Refused` with `otherwise` if the database refuses a change that the row allowed.
    """
    row = run_claim(statement, key, refusal, ExpiryRow, note=note, **params)
    if row is None:
        original = original_request(key, purchase)
        if not hasattr(original, "expiry_event"):
            raise Refused(Refusal(original.refusal or otherwise))
        return NewExpiry(original.expiry_event.expires_at, original.expiry_event.pk)
    if not row.done:
        purchase.refresh_counts()
        raise Refused(refusal or otherwise)
    purchase.expires_at = back_to if row.done is True else row.done
    return NewExpiry(purchase.expires_at, row.event_id)
