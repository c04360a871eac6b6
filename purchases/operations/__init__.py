"""The operations that change a purchase or an offer.

One function = one transaction = one ledger row.

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
    transfer,
    undo_change,
)
from purchases.operations.clients import add_client, edit_client
from purchases.operations.expiry import NewExpiry, correct_expiry, extend, undo_extension
from purchases.operations.merges import merge_client, undo_merge
from purchases.operations.moves import move_use, undo_move
from purchases.operations.offers import add_offer, edit_offer, name_offer_change, retire_offer
from purchases.operations.requests import Refused, constraint_refusal
from purchases.operations.sales import sell
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
    "add_client",
    "add_offer",
    "constraint_refusal",
    "correct_expiry",
    "correct_total",
    "correct_used",
    "edit_client",
    "edit_offer",
    "extend",
    "merge_client",
    "move_use",
    "name_offer_change",
    "receive_payment",
    "refund",
    "reinstate",
    "retire_offer",
    "sell",
    "transfer",
    "undo",
    "undo_change",
    "undo_extension",
    "undo_merge",
    "undo_move",
    "use",
    "withdraw",
]
