"""Reinstate, use and undo: what a person can do to a count."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db import IntegrityError

from purchases.access import Member
from purchases.models import Objection, Purchase, SessionEvent
from purchases.operations.requests import (
    CLAIM,
    Operation,
    Refused,
    asked_for,
    broken_rule,
    first_request,
    one_row,
)

# OFFSET 0 keeps the act before the reading of what the trigger left.
ACT = """
    SELECT act.sessions_used, nullif(current_setting('studio.event_id', true), '')::bigint
    FROM claimed, LATERAL (SELECT {function} AS sessions_used OFFSET 0) AS act
"""
FUNCTIONS = {
    Operation.REINSTATE: "public.release_session(%(purchase_id)s)",
    Operation.UNDO: "public.undo_reinstatement(%(purchase_id)s)",
    Operation.USE: """CASE WHEN public.use_session(%(purchase_id)s)
        THEN current_setting('studio.sessions_used')::int ELSE -1 END""",
}
REFUSE = "SELECT -1, NULL::bigint FROM claimed"


@dataclass(frozen=True)
class Done:
    """The answer to a request, the first time and every time after."""

    sessions_used: int
    event_id: int


def reinstate(
    *,
    member: Member,
    purchase: Purchase,
    request_id: UUID,
    reason: str | None = None,
    note: str = "",
    event: int | None = None,
) -> Done:
    """Give one session of a purchase back, be it expired or not.

    It takes back the use whose event is named, or else the newest that was not taken back.
    The purchase comes from the member's own org and carries the count that stands afterwards.
    Raises `Refused` where it is not paid, no session of it is used, or the chosen use was taken
    back already.
    """
    return _act(
        Operation.REINSTATE,
        member,
        purchase,
        request_id,
        purchase.why_not_reinstate,
        reason=reason,
        note=note,
        event_id=event,
    )


def use(*, member: Member, purchase: Purchase, request_id: UUID, note: str = "") -> Done:
    """Take one session from a purchase.

    Raises `Refused` where it is not paid, has expired, or has no session left or no count at all.
    """
    return _act(Operation.USE, member, purchase, request_id, purchase.why_not_use, note=note)


def undo(*, member: Member, event: SessionEvent, request_id: UUID) -> Done:
    """Take a reinstatement back: the session counts as used again, be the pack expired or not.

    Raises `Refused` where it was undone already, where the pack has no room, and where staff come
    after 15 minutes or for what somebody else did: that is for owners.
    """
    objection = event.why_not_undo(user_id=member.user_id, however_late=member.may("undo_any"))
    return _act(Operation.UNDO, member, event.purchase, request_id, objection, event_id=event.pk)


def _act(
    operation: Operation,
    member: Member,
    purchase: Purchase,
    request_id: UUID,
    objection: Objection | None,
    *,
    event_id: int | None = None,
    reason: str | None = None,
    note: str = "",
) -> Done:
    """Claim the request, change the count, and say what came of it."""
    asked = asked_for(operation, request_id, purchase, member.user_id, event_id=event_id)
    said = {"reason": reason, "note": note, "objection": objection and objection.value}
    if objection and objection.is_for_the_desk_to_raise:
        statement = CLAIM + REFUSE
    else:
        statement = CLAIM + ACT.format(function=FUNCTIONS[operation])
    try:
        answer = one_row(statement, asked | said)
    except IntegrityError as error:
        raise Refused(broken_rule(error).label) from error
    if answer is None:
        return _first_answer(asked, purchase)
    used, made_event_id = answer
    if used == -1:
        purchase.refresh_counts()
        raise Refused((objection or _the_databases_objection(operation, event_id)).label)
    purchase.show_count(used)
    return Done(used, made_event_id)


def _first_answer(asked: dict[str, Any], purchase: Purchase) -> Done:
    """The answer that the request got when it came first. The count on the purchase is the one
    that stands now."""
    first = first_request(asked, purchase)
    if not hasattr(first, "event"):
        unexpected = _the_databases_objection(Operation(first.operation), first.event_id)
        raise Refused(Objection(first.objection or unexpected).label)
    return Done(cast("int", first.event.sessions_used), first.event.pk)


def _the_databases_objection(operation: Operation, event_id: int | None) -> Objection:
    """Why the database changed nothing, where the page had expected that it would."""
    match operation:
        case Operation.REINSTATE:
            return Objection.TAKEN_BACK if event_id else Objection.NOTHING_USED
        case Operation.USE:
            # None is left, or another program moved the expiry or took the count away.
            return Objection.JUST_CHANGED
        case _:
            return Objection.UNDONE
