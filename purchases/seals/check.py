"""Recompute all seals, and name the rows that are not as they were sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from purchases.database import SQL_DIR, fetch_all, read_statement
from purchases.models import NO_ORG, Org, Seal
from purchases.models.seal import code_digits

SELECT_BROKEN = read_statement(SQL_DIR / "select_broken_seals.sql")
SELECT_CHANGED = read_statement(SQL_DIR / "select_changed_rows.sql")

SEAL_FINDINGS = {
    "numbering": "the seal does not follow the one before it: a seal in between is missing",
    "hash": "the seal was changed, or the seal before it",
    "leaves": "the seal does not match its leaves: a leaf was changed, deleted or inserted",
    "seal": "the seal of some leaves is missing",
}
ROW_FINDINGS = {
    "changed": "was changed after it was sealed",
    "deleted": "was deleted after it was sealed",
    "inserted": "was inserted after this day was sealed",
    "text_changed": "has another personal text than the sealed one",
    "text_unverifiable": "has a personal text that cannot be checked: its salt was deleted",
    "text_erased": "had a personal text, which was erased with its salt",
}
# A text may be erased, because a person may ask for it.
ALLOWED = {"text_erased"}


class BrokenSeal(NamedTuple):
    org_id: UUID | None
    number: int | None
    day: date | None
    finding: str
    leaves: int | None


class ChangedRow(NamedTuple):
    org_id: UUID
    number: int
    day: date
    ledger: str
    row_id: str
    purchase_id: UUID | None
    finding: str


@dataclass(frozen=True)
class Difference:
    """A seal or a row that is not as it was sealed."""

    org_id: UUID
    org: str
    # The number and the day of the first seal that shows the difference.
    number: int
    day: date | None
    text: str
    # The table and the id of the row; None for a seal.
    row: tuple[str, str] | None = None
    is_allowed: bool = False

    def __str__(self) -> str:
        return f"{self.org}, {self.day or 'unknown day'}: {self.text}"


def check(*, org_id: UUID | None = None, until: int | None = None) -> list[Difference]:
    """Return what differs, by org and day: of every org, or of one org's seals until a number."""
    names = dict(Org.objects.values_list("pk", "name"))
    differences = [*_broken_seals(names), *_changed_rows(names)]
    if org_id is not None:
        differences = [each for each in differences if each.org_id == org_id]
    if until is not None:
        differences = [each for each in differences if each.number <= until]
    return sorted(differences, key=lambda each: (each.org, each.org_id, each.number))


def seals_of_day(day: date, code: str) -> tuple[list[Seal], list[Seal]]:
    """Return all seals of a day, and those of them that have the code or begin with it."""
    seals = list(Seal.objects.filter(day=day).order_by("org_id"))
    return seals, [seal for seal in seals if seal.full_code.startswith(code_digits(code))]


def _broken_seals(names: dict[UUID, str]) -> Iterator[Difference]:
    for seal in fetch_all(SELECT_BROKEN, {}, BrokenSeal):
        org_id = seal.org_id or NO_ORG
        text = SEAL_FINDINGS[seal.finding]
        yield Difference(org_id, _name(names, org_id), seal.number or 0, seal.day, text)


def _changed_rows(names: dict[UUID, str]) -> Iterator[Difference]:
    for row in fetch_all(SELECT_CHANGED, {}, ChangedRow):
        purchase = f", of purchase {row.purchase_id}," if row.purchase_id else ""
        yield Difference(
            org_id=row.org_id,
            org=_name(names, row.org_id),
            number=row.number,
            day=row.day,
            text=f"{row.ledger} {row.row_id}{purchase} {ROW_FINDINGS[row.finding]}",
            row=(row.ledger, row.row_id),
            is_allowed=row.finding in ALLOWED,
        )


def _name(names: dict[UUID, str], org_id: UUID) -> str:
    return names.get(org_id, f"no studio ({org_id})")
