"""Reinstate, use and undo: what a person can do to a count."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db import IntegrityError

from purchases.database import SQL_DIR, fetch_one, read_statement
from purchases.member import Allowance, Approval, Member
from purchases.models import Purchase, Refusal, SessionEvent, SessionRequest
from purchases.operations.commands import Reinstate, Undo, Use
from purchases.operations.requests import (
    REFUSE,
    Operation,
    Refused,
    asked_for,
    constraint_refusal,
    first_request,
)

STATEMENTS = {
    Operation.REINSTATE: read_statement(SQL_DIR / "claim_and_reinstate.sql"),
    Operation.UNDO: read_statement(SQL_DIR / "claim_and_undo.sql"),
    Operation.USE: read_statement(SQL_DIR / "claim_and_use.sql"),
}
REINSTATE_WITHIN_ALLOWANCE = read_statement(SQL_DIR / "claim_and_reinstate_within_allowance.sql")
# What that statement returns in place of a count.
OVER_ALLOWANCE = -2


class CountRow(NamedTuple):
    """What a statement returns: sessions_used after it, or -1, and the event that it wrote."""

    sessions_used: int | None
    event_id: int


# Returns None if the approval counts, else why not, in words.
VerifyApproval = Callable[[Approval], str | None]


class OwnerConfirms(Refused):
    """With an owner's approval, a press of its own can do it."""


class OverAllowance(OwnerConfirms):
    """The client was given back as many as staff may give."""


class NotApproved(OwnerConfirms):
    """The approval is nobody's who may give one."""


@dataclass(frozen=True)
class Done:
    """The answer to a request, the first time and every time after."""

    sessions_used: int
    event_id: int


def reinstate(
    *,
    member: Member,
    purchase: Purchase,
    command: Reinstate,
    verify_approval: VerifyApproval | None = None,
) -> Done:
    """Give one session of a purchase back, be it expired or not.

    It takes back the use whose event is named, or else the newest that was not taken back.
    `verify_approval` decides whether an approval counts.
    The purchase comes from the member's own org and carries the count that stands afterwards.
    Raises `Refused` where it is not paid, no session of it is used, or the chosen use was taken
    back already; `OverAllowance` where staff go beyond the allowance for this reason without an
    owner's approval, and `NotApproved` where the approval is not an owner's.
    """
    may_exceed = command.approval is not None or member.may("exceed_allowance")
    return _act(
        Operation.REINSTATE,
        member,
        purchase,
        command.request_id,
        purchase.reinstate_refusal,
        reason=command.reason,
        note=command.note,
        event_id=command.event_id,
        approval=command.approval,
        verify_approval=verify_approval,
        allowance=None if may_exceed else member.allowances.get(command.reason or ""),
    )


def use(*, member: Member, purchase: Purchase, command: Use) -> Done:
    """Take one session from a purchase.

    Raises `Refused` where it is not paid, has expired, or has no session left or no count at all.
    """
    return _act(
        Operation.USE,
        member,
        purchase,
        command.request_id,
        purchase.use_refusal,
        note=command.note,
    )


def undo(*, member: Member, event: SessionEvent, command: Undo) -> Done:
    """Take a reinstatement back: the session counts as used again, be the pack expired or not.

    Raises `Refused` where it was undone already, where the pack has no room, and where staff come
    after 15 minutes or for what somebody else did: that is for owners.
    """
    refusal = event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any"))
    return _act(
        Operation.UNDO, member, event.purchase, command.request_id, refusal, event_id=event.pk
    )


def _act(
    operation: Operation,
    member: Member,
    purchase: Purchase,
    request_id: UUID,
    refusal: Refusal | None,
    *,
    event_id: int | None = None,
    reason: str | None = None,
    note: str = "",
    approval: Approval | None = None,
    verify_approval: VerifyApproval | None = None,
    allowance: Allowance | None = None,
) -> Done:
    """Claim the request, change the count, and say what came of it."""
    approver_id = approval and approval.user_id
    asked = asked_for(
        operation,
        request_id,
        purchase,
        member.user_id,
        event_id=event_id,
        approved_by_id=approver_id,
    )
    said: dict[str, Any] = {"reason": reason, "note": note}
    said["refusal"] = refusal and refusal.value
    if approval:
        if verify_approval is None:
            raise TypeError("an approval needs verify_approval, which checks its secret")
        if why_not := verify_approval(approval):
            # What was answered before keeps its answer, whatever has become of the secret.
            if SessionRequest.objects.filter(pk=request_id).exists():
                return _first_answer(asked, purchase)
            raise NotApproved(why_not)
    if refusal and (refusal.is_decided_by_the_page or allowance):
        statement = REFUSE
    elif allowance:
        said |= {"org_id": purchase.org_id, "client_id": purchase.client_id}
        said |= {"sessions": allowance.sessions, "days": allowance.days}
        statement = REINSTATE_WITHIN_ALLOWANCE
    else:
        statement = STATEMENTS[operation]
    try:
        answer = fetch_one(statement, asked | said, CountRow)
    except IntegrityError as error:
        raise Refused(constraint_refusal(error).label) from error
    if answer is None:
        return _first_answer(asked, purchase)
    used = answer.sessions_used
    if used == OVER_ALLOWANCE:
        raise _refused(Refusal.OVER_ALLOWANCE)
    if used == -1 and operation is Operation.UNDO:
        # Why, the request has kept.
        return _first_answer(asked, purchase)
    if used is None or used == -1:
        purchase.refresh_counts()
        raise Refused((refusal or _database_refusal(operation, event_id)).label)
    purchase.show_count(used)
    return Done(used, answer.event_id)


def _first_answer(asked: dict[str, Any], purchase: Purchase) -> Done:
    """The answer that the request got when it came first. The count on the purchase is the one
    that stands now."""
    first = first_request(asked, purchase)
    if not hasattr(first, "event"):
        unexpected = _database_refusal(Operation(first.operation), first.event_id)
        raise _refused(Refusal(first.refusal or unexpected))
    return Done(cast("int", first.event.sessions_used), first.event.pk)


def _refused(refusal: Refusal) -> Refused:
    exception = OverAllowance if refusal is Refusal.OVER_ALLOWANCE else Refused
    return exception(refusal.label)


def _database_refusal(operation: Operation, event_id: int | None) -> Refusal:
    """Why the database changed nothing, where the page had expected that it would."""
    match operation:
        case Operation.REINSTATE:
            return Refusal.TAKEN_BACK if event_id else Refusal.NOTHING_USED
        case Operation.UNDO:
            # Asked before requests kept why.
            return Refusal.UNDONE
        case _:
            # None is left, or another program moved the expiry or took the count away.
            return Refusal.JUST_CHANGED
