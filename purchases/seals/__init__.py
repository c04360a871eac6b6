"""Seals: a daily digest of the ledgers, chained, so that a seal kept outside the database reveals
tampering.

`daily` makes them, `check` recomputes them, and `receipts` checks a single line of a history.
"""

from purchases.models.seal import is_code
from purchases.seals.check import Difference, check, seals_of_day
from purchases.seals.daily import days_to_seal, seal_days_until
from purchases.seals.receipts import Answer, check_receipt, line_number, parse_line, receipts

__all__ = [
    "Answer",
    "Difference",
    "check",
    "check_receipt",
    "days_to_seal",
    "is_code",
    "line_number",
    "parse_line",
    "receipts",
    "seal_days_until",
    "seals_of_day",
]
