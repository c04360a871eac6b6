"""What a person can do to a purchase. One function = one fact = one transaction = one ledger row.

The only package that changes a count or an expiry. Each act is one statement and one round trip
(`purchases/sql/claim_and_*.sql`): it claims the request's id, then calls the database function that
makes the change, whose trigger writes the event. A second arrival of the id waits for the first in
the claim, changes nothing, and gets the first one's answer: ids do not expire.
"""

from purchases.operations.expiry import NewExpiry, correct_expiry, extend, undo_extension
from purchases.operations.requests import Refused, constraint_refusal
from purchases.operations.sessions import (
    Done,
    NotApproved,
    OverAllowance,
    OwnerConfirms,
    reinstate,
    undo,
    use,
)

__all__ = [
    "Done",
    "NewExpiry",
    "NotApproved",
    "OverAllowance",
    "OwnerConfirms",
    "Refused",
    "constraint_refusal",
    "correct_expiry",
    "extend",
    "reinstate",
    "undo",
    "undo_extension",
    "use",
]
