"""Undo a list of a cancelled class, in chunks.

`operations.undo` undoes each reinstatement in its own transaction. Its request id is derived from
the line and the member, so every retry, also from another window, is idempotent.
"""

from purchases import clock, operations
from purchases.cancelled_class.chunks import run_chunk
from purchases.cancelled_class.process import reinstatement
from purchases.cancelled_class.results import Result, results
from purchases.member import Member
from purchases.models import CancelledClass
from purchases.models.ledger import STAFF_MAY_UNDO_FOR
from purchases.operations.commands import Undo


def can_undo(line_results: list[Result]) -> bool:
    """Return whether the member can undo at least one line."""
    return any(result.is_to_undo and not result.undo_refusal for result in line_results)


def lines_to_undo(
    member: Member, class_list: CancelledClass, line_results: list[Result]
) -> list[Result]:
    """Return the lines that were reinstated and not undone. Lines that are not processed yet are
    withdrawn, so that a second window can't finish an undone list."""
    lines = [result for result in line_results if result.is_to_undo]
    if _may_withdraw(member, class_list):
        lines += [result for result in line_results if result.is_left]
    return lines


def undo_chunk(*, member: Member, class_list: CancelledClass) -> int:
    """Undo the next lines of the list. Return the number of lines that were to be undone."""
    lines = lines_to_undo(member, class_list, results(class_list, member))
    run_chunk(lines, lambda result: _undo_line(member, class_list, result))
    return len(lines)


def _undo_line(member: Member, class_list: CancelledClass, result: Result) -> None:
    if result.event:
        undo = Undo(request_id=result.line.undo_request_id(member.user_id))
        operations.undo(member=member, event=result.event, command=undo)
    elif result.purchase:
        command = reinstatement(class_list, result.purchase)
        operations.withdraw(member=member, purchase=result.purchase, command=command)


def _may_withdraw(member: Member, class_list: CancelledClass) -> bool:
    """Return whether the member may undo the whole list, by the rule for a single undo."""
    is_recent = clock.now() - class_list.created_at <= STAFF_MAY_UNDO_FOR
    return member.may("undo_any") or (class_list.actor_id == member.user_id and is_recent)
