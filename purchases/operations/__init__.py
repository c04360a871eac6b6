"""The operations that change a purchase. One function = one transaction = one ledger row.

Only this package changes a count or an expiry. Each operation is one statement and one round trip
(`purchases/sql/claim_and_*.sql`). The statement claims the request id, an idempotency key. Then it
calls the database function that makes the change, and a trigger writes the event. A second request
with the same id waits for the first, changes nothing, and gets the first answer. Ids never expire.
"""

from purchases.operations.changes import (
    Changed,
    correct_total,
    receive_payment,
    refund,
    sell,
    transfer,
    undo_change,
)
from purchases.operations.expiry import NewExpiry, correct_expiry, extend, undo_extension
from purchases.operations.moves import move_use, undo_move
from purchases.operations.requests import Refused, constraint_refusal
from purchases.operations.sessions import (
    ApprovalRequired,
    Done,
    NotApproved,
    OverAllowance,
    correct_used,
    reinstate,
    undo,
    use,
    withdraw,
)

__all__ = [
    "ApprovalRequired",
    "Changed",
    "Done",
    "NewExpiry",
    "NotApproved",
    "OverAllowance",
    "Refused",
    "constraint_refusal",
    "correct_expiry",
    "correct_total",
    "correct_used",
    "extend",
    "move_use",
    "receive_payment",
    "refund",
    "reinstate",
    "sell",
    "transfer",
    "undo",
    "undo_change",
    "undo_extension",
    "undo_move",
    "use",
    "withdraw",
]
