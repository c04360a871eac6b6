"""Receipts: a code for each sealed line of a history, with which the line can be checked later."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from purchases.database import SQL_DIR, fetch_all, fetch_one, read_statement
from purchases.models import ExpiryEvent, Ledger, Purchase, PurchaseEvent, SessionEvent
from purchases.models.seal import code_digits, short_code

SELECT_RECEIPTS = read_statement(SQL_DIR / "select_receipts.sql")
SELECT_RECEIPT = read_statement(SQL_DIR / "select_receipt.sql")

# The letter that begins the number of a line.
LETTERS = {
    "C": Ledger.SESSION_EVENTS,  # counts
    "E": Ledger.EXPIRY_EVENTS,
    "P": Ledger.PURCHASE_EVENTS,
}
# The greatest bigint.
LAST_ID = 2**63 - 1


class Answer(StrEnum):
    AS_WRITTEN = "as_written"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class Receipt(NamedTuple):
    ledger: str
    row_id: str
    receipt: bytes


class CheckedRow(NamedTuple):
    org_id: UUID
    purchase_id: UUID | None
    receipt: bytes | None
    has_its_text: bool | None


def receipts(purchase_id: UUID) -> dict[str, str]:
    """Return the code of each sealed event of a purchase, by the number of its line."""
    sealed = fetch_all(SELECT_RECEIPTS, {"purchase_id": purchase_id}, Receipt)
    letters = {ledger: letter for letter, ledger in LETTERS.items()}
    return {f"{letters[Ledger(e.ledger)]}{e.row_id}": short_code(e.receipt) for e in sealed}


def line_number(event: SessionEvent | ExpiryEvent | PurchaseEvent) -> str:
    """Return the number of a line, as in "C1042"."""
    [letter] = [key for key, ledger in LETTERS.items() if ledger == event._meta.db_table]
    return f"{letter}{event.pk}"


def parse_line(text: str) -> tuple[Ledger, int] | None:
    """Return the ledger and the id of a line number that a person typed, or None."""
    match = re.fullmatch(r"([CEP])([0-9]{1,19})", code_digits(text))
    if match is None or int(match[2]) > LAST_ID:
        return None
    return LETTERS[match[1]], int(match[2])


def check_receipt(
    *, org_id: UUID, line: tuple[Ledger, int], code: str
) -> tuple[Answer, UUID | None]:
    """Return whether a line of the org is as it was written, and its purchase if it has one."""
    ledger, event_id = line
    row = fetch_one(SELECT_RECEIPT, {"ledger": ledger.value, "event_id": event_id}, CheckedRow)
    if row is None or row.org_id != org_id:
        return Answer.UNKNOWN, None
    receipt = bytes(row.receipt or b"").hex().upper()
    is_as_written = receipt.startswith(code_digits(code)) and row.has_its_text
    # The purchase may have been deleted, or moved to another org.
    purchases = Purchase.objects.of_org(org_id).filter(pk__in=[row.purchase_id])
    purchase_id = row.purchase_id if purchases.exists() else None
    return Answer.AS_WRITTEN if is_as_written else Answer.CHANGED, purchase_id
