"""Operations on what was bought, by whom and how it was paid, which purchase_events records:
correct the bought sessions, transfer, refund, receive a payment, undo one of these or a sale."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from purchases.database import SQL_DIR, read_statement
from purchases.member import Member
from purchases.models import Client, Purchase, PurchaseEvent, Refusal
from purchases.operations.commands import (
    CorrectTotal,
    ReceivePayment,
    Refund,
    Transfer,
    UndoChange,
)
from purchases.operations.requests import (
    Operation,
    Refused,
    original_request,
    request_key,
    run_claim,
)

CORRECT_TOTAL = read_statement(SQL_DIR / "claim_and_correct_total.sql")
TRANSFER = read_statement(SQL_DIR / "claim_and_transfer.sql")
REFUND = read_statement(SQL_DIR / "claim_and_refund.sql")
RECEIVE_PAYMENT = read_statement(SQL_DIR / "claim_and_receive_payment.sql")
UNDO_CHANGE = read_statement(SQL_DIR / "claim_and_undo_change.sql")


class ChangeRow(NamedTuple):
    """The result of a statement: the new total or whether it changed, and the event, or null."""

    done: int | bool | str | None
    event_id: int | None


@dataclass(frozen=True)
class Changed:
    """The result of a request, the same for every retry."""

    event_id: int


def correct_total(*, member: Member, purchase: Purchase, command: CorrectTotal) -> Changed:
    """Correct the bought sessions of a purchase by a signed number.

    Raise `Refused` if fewer would be bought than are used, or the purchase has no total.
    """
    key = request_key(
        Operation.CORRECT_TOTAL,
        command.request_id,
        purchase,
        member.user_id,
        adjust_by=command.adjust_by,
    )
    refusal = purchase.correct_total_refusal(command.adjust_by)
    return _claim_and_change(
        CORRECT_TOTAL, key, purchase, refusal, Refusal.JUST_CHANGED, note=command.note
    )


def transfer(*, member: Member, purchase: Purchase, client: Client, command: Transfer) -> Changed:
    """Transfer a purchase, part-used or not, to another client of the org.

    Raise `Refused` if the client has it already.
    """
    key = request_key(
        Operation.TRANSFER,
        command.request_id,
        purchase,
        member.user_id,
        to_client_id=client.pk,
    )
    refusal = Refusal.SAME_CLIENT if purchase.client_id == client.pk else None
    return _claim_and_change(
        TRANSFER, key, purchase, refusal, Refusal.JUST_CHANGED, note=command.note
    )


def refund(*, member: Member, purchase: Purchase, command: Refund) -> Changed:
    """Mark a purchase as refunded: its sessions cannot be used until the refund is undone.

    The amount is what the person gave back; no money moves.
    Raise `Refused` if the purchase is not paid, or was refunded.
    """
    key = request_key(
        Operation.REFUND,
        command.request_id,
        purchase,
        member.user_id,
        refund_cents=command.amount_cents,
    )
    refusal = purchase.refund_refusal
    return _claim_and_change(
        REFUND, key, purchase, refusal, Refusal.JUST_CHANGED, note=command.note
    )


def receive_payment(*, member: Member, purchase: Purchase, command: ReceivePayment) -> Changed:
    """Mark an unpaid purchase as paid. Raise `Refused` if it is paid, or was refunded."""
    key = request_key(Operation.RECEIVE_PAYMENT, command.request_id, purchase, member.user_id)
    refusal = purchase.payment_refusal
    return _claim_and_change(
        RECEIVE_PAYMENT, key, purchase, refusal, Refusal.JUST_CHANGED, note=command.note
    )


def undo_change(*, member: Member, event: PurchaseEvent, command: UndoChange) -> Changed:
    """Undo a correction of the bought sessions, a transfer, a refund, a payment or a sale.

    The purchase of an undone sale stays and counts as refunded, so that no session can be used.
    Raise `Refused` if what it set has changed since, or if a member of the staff undoes it after 15
    minutes or undoes another person's change. Owners may do both.
    """
    key = request_key(
        Operation.UNDO_CHANGE,
        command.request_id,
        event.purchase,
        member.user_id,
        event_id=event.pk,
    )
    refusal = event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any"))
    return _claim_and_change(
        UNDO_CHANGE, key, event.purchase, refusal, Refusal.CHANGED_SINCE, note=""
    )


def _claim_and_change(
    statement: str,
    key: dict[str, Any],
    purchase: Purchase,
    refusal: Refusal | None,
    otherwise: Refusal,
    *,
    note: str,
) -> Changed:
    """Claim the request, make the change, and return the result. The purchase is reloaded.

    Raise `Refused` with `otherwise` if the database refuses a change that the row allowed.
    """
    row = run_claim(statement, key, refusal, ChangeRow, note=note)
    if row is None or row.event_id is None:
        # The refusal code is stored on the request.
        original = original_request(key, purchase)
        if not hasattr(original, "purchase_event"):
            raise Refused(Refusal(original.refusal or otherwise))
        return Changed(original.purchase_event.pk)
    purchase.refresh_counts()
    return Changed(row.event_id)
