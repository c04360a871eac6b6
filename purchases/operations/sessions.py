"""Operations on a used count: reinstate, use, correct, and undo one of these."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from uuid import UUID

from purchases.database import SQL_DIR, fetch_one, read_statement
from purchases.member import Allowance, Approval, Member
from purchases.models import Purchase, Refusal, SessionEvent, SessionRequest
from purchases.operations.commands import CorrectUsed, Reinstate, Undo, Use
from purchases.operations.requests import (
    REFUSE,
    Operation,
    Refused,
    original_request,
    request_key,
    run_claim,
)

STATEMENTS = {
    Operation.REINSTATE: read_statement(SQL_DIR / "claim_and_reinstate.sql"),
    Operation.UNDO: read_statement(SQL_DIR / "claim_and_undo.sql"),
    Operation.CORRECT_USED: read_statement(SQL_DIR / "claim_and_correct_used.sql"),
    Operation.USE: read_statement(SQL_DIR / "claim_and_use.sql"),
}
REINSTATE_WITHIN_ALLOWANCE = read_statement(SQL_DIR / "claim_and_reinstate_within_allowance.sql")
# REINSTATE_WITHIN_ALLOWANCE returns this value instead of a count if the allowance is used up.
OVER_ALLOWANCE = -2


class CountRow(NamedTuple):
    """The result of a statement: sessions_used after it, or -1, and the event."""

    sessions_used: int | None
    event_id: int


# Returns None if the approval is valid, else a message.
VerifyApproval = Callable[[Approval], str | None]


class ApprovalRequired(Refused):
    """The operation needs an owner's approval, sent as a new request."""


class OverAllowance(ApprovalRequired):
    """The client has used up the allowance of the staff."""


class NotApproved(ApprovalRequired):
    """The approval is not that of an approver."""


@dataclass(frozen=True)
class Done:
    """The result of a request, the same for every retry."""

    sessions_used: int
    event_id: int


def reinstate(
    *,
    member: Member,
    purchase: Purchase,
    command: Reinstate,
    verify_approval: VerifyApproval | None = None,
) -> Done:
    """Give one session of a purchase back, also if the purchase has expired.

    The event reverses the use `command.event_id`, or the newest use that is not reversed.
    `verify_approval` checks the command's approval. The purchase must belong to the member's org.
    It gets the new count.
    Raise `Refused` if the purchase is not paid, has no used session, or the chosen use is reversed
    already. Raise `OverAllowance` if a member of the staff exceeds the allowance without an
    approval, and `NotApproved` if the approval is not valid.
    """
    may_exceed = command.approval is not None or member.may("exceed_allowance")
    return _claim_and_change(
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


def withdraw(*, member: Member, purchase: Purchase, command: Reinstate) -> None:
    """Claim the request of a reinstatement that was not made yet, so that it is never made.

    If the request was claimed before, nothing changes.
    """
    key = request_key(Operation.REINSTATE, command.request_id, purchase, member.user_id)
    values = {"reason": command.reason, "note": command.note, "refusal": Refusal.LIST_UNDONE.value}
    fetch_one(REFUSE, key | values, CountRow)


def use(*, member: Member, purchase: Purchase, command: Use) -> Done:
    """Use one session of a purchase.

    Raise `Refused` if the purchase is not paid, has expired, has no session left, or has no count.
    """
    return _claim_and_change(
        Operation.USE,
        member,
        purchase,
        command.request_id,
        purchase.use_refusal,
        note=command.note,
    )


def correct_used(*, member: Member, purchase: Purchase, command: CorrectUsed) -> Done:
    """Correct the used sessions of a purchase by a signed number. A missing count counts as 0.

    Raise `Refused` if fewer than 0 or more than the bought sessions would be used.
    """
    return _claim_and_change(
        Operation.CORRECT_USED,
        member,
        purchase,
        command.request_id,
        purchase.correct_used_refusal(command.adjust_by),
        note=command.note,
        adjust_by=command.adjust_by,
    )


def undo(*, member: Member, event: SessionEvent, command: Undo) -> Done:
    """Undo a use, a reinstatement or a correction of the used sessions, also if the pack has
    expired.

    An undone use does not count as a session given back.
    Raise `Refused` if it was undone or reversed already, if the count would leave its bounds, or if
    a member of the staff undoes it after 15 minutes or undoes another person's change. Owners may
    do both.
    """
    refusal = event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any"))
    return _claim_and_change(
        Operation.UNDO, member, event.purchase, command.request_id, refusal, event_id=event.pk
    )


def _claim_and_change(
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
    **chosen: Any,
) -> Done:
    """Claim the request, change the count, and return the result."""
    approver_id = approval and approval.user_id
    key = request_key(
        operation,
        request_id,
        purchase,
        member.user_id,
        event_id=event_id,
        approved_by_id=approver_id,
        **chosen,
    )
    if approval:
        if verify_approval is None:
            raise TypeError("an approval needs verify_approval, which checks its secret")
        if problem := verify_approval(approval):
            # A retry gets the first answer, even if the owner's secret has changed since.
            if SessionRequest.objects.filter(pk=request_id).exists():
                return _original_result(key, purchase)
            raise NotApproved(problem, "not_approved")
    params: dict[str, Any] = {}
    if refusal and allowance:
        statement = REFUSE
    elif allowance:
        params = {"org_id": purchase.org_id, "client_id": purchase.client_id}
        params |= {"sessions": allowance.sessions, "days": allowance.days}
        statement = REINSTATE_WITHIN_ALLOWANCE
    else:
        statement = STATEMENTS[operation]
    row = run_claim(statement, key, refusal, CountRow, reason=reason, note=note, **params)
    if row is None:
        return _original_result(key, purchase)
    used = row.sessions_used
    if used == OVER_ALLOWANCE:
        raise _refused(Refusal.OVER_ALLOWANCE)
    if used == -1 and operation is Operation.UNDO:
        # The refusal code is stored on the request.
        return _original_result(key, purchase)
    if used is None or used == -1:
        purchase.refresh_counts()
        raise Refused(refusal or _database_refusal(operation, event_id))
    purchase.show_count(used)
    return Done(used, row.event_id)


def _original_result(key: dict[str, Any], purchase: Purchase) -> Done:
    """Return the result of the first request with the id. The purchase gets its current count."""
    original = original_request(key, purchase)
    event = original.event
    if event is None:
        unexpected = _database_refusal(Operation(original.operation), original.event_id)
        raise _refused(Refusal(original.refusal or unexpected))
    return Done(cast("int", event.sessions_used), event.pk)


def _refused(refusal: Refusal) -> Refused:
    exception = OverAllowance if refusal is Refusal.OVER_ALLOWANCE else Refused
    return exception(refusal)


def _database_refusal(operation: Operation, event_id: int | None) -> Refusal:
    """Return the reason why the database refused a change that the row allowed."""
    match operation:
        case Operation.REINSTATE:
            return Refusal.ALREADY_REINSTATED if event_id else Refusal.NOTHING_USED
        case Operation.UNDO:
            # The request is older than the column `refusal`.
            return Refusal.UNDONE
        case _:
            # A concurrent change used the last session, or changed the expiry or the count.
            return Refusal.JUST_CHANGED
