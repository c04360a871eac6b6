"""Operations on a use that was charged to the wrong pack: move it, and undo the move."""

from typing import Any

from purchases.database import SQL_DIR, read_statement
from purchases.member import Member
from purchases.models import Purchase, Refusal, SessionEvent
from purchases.operations.commands import MoveUse, UndoMove
from purchases.operations.requests import (
    Operation,
    Refused,
    original_request,
    request_key,
    run_claim,
)
from purchases.operations.sessions import CountRow, Done

MOVE_USE = read_statement(SQL_DIR / "claim_and_move_use.sql")
UNDO_MOVE = read_statement(SQL_DIR / "claim_and_undo_move.sql")


def move_use(*, member: Member, purchase: Purchase, command: MoveUse) -> Done:
    """Give a session of a purchase back and use one of another purchase of its client instead.

    Raise `Refused` if the purchase has no used session, the chosen use was reversed, or the other
    purchase is not paid, has no session left, or had expired at the time of the use.
    """
    key = request_key(
        Operation.MOVE_USE,
        command.request_id,
        purchase,
        member.user_id,
        event_id=command.event_id,
        to_purchase_id=command.to_purchase_id,
    )
    refusal = None if purchase.sessions_used else Refusal.NOTHING_USED
    return _claim_and_move(MOVE_USE, key, purchase, refusal, Refusal.CANNOT_MOVE, command.note)


def undo_move(*, member: Member, event: SessionEvent, command: UndoMove) -> Done:
    """Undo a move of a use: the purchase that was charged first is charged again.

    `event` is the move's event on that purchase.
    Raise `Refused` if the use was given back since, the purchase has no session left, or if a
    member of the staff undoes it after 15 minutes or undoes another person's move.
    """
    assert event.request is not None
    key = request_key(
        Operation.UNDO_MOVE,
        command.request_id,
        event.purchase,
        member.user_id,
        event_id=event.pk,
        to_purchase_id=event.request.to_purchase_id,
    )
    refusal = event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any"))
    return _claim_and_move(UNDO_MOVE, key, event.purchase, refusal, Refusal.MOVED_BACK, "")


def _claim_and_move(
    statement: str,
    key: dict[str, Any],
    purchase: Purchase,
    refusal: Refusal | None,
    otherwise: Refusal,
    note: str,
) -> Done:
    row = run_claim(statement, key, refusal, CountRow, note=note)
    if row is None:
        original = original_request(key, purchase)
        if original.event is None:
            raise Refused(Refusal(original.refusal or otherwise))
        return Done(original.event.sessions_used or 0, original.event.pk)
    if row.sessions_used is None or row.sessions_used == -1:
        purchase.refresh_counts()
        raise Refused(refusal or otherwise)
    purchase.show_count(row.sessions_used)
    # The event that the statement returns is on the other purchase, which changed last.
    event = SessionEvent.objects.get(request_id=key["request_id"], purchase_id=purchase.pk)
    return Done(row.sessions_used, event.pk)
