"""Guess what the columns of a table mean, by their headings and by what their cells hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from purchases.imports.dates import is_date
from purchases.imports.header import EMAIL, LOOKED_AT, PHONE
from purchases.imports.headings import (
    DATES,
    REPEATABLE,
    Field,
    field_of,
)
from purchases.imports.reader import Table

# The rows whose cells a guess by content reads.
GUESSED_FROM = 500
# The part of the filled cells that have to look alike.
MOST = 0.6


@dataclass(frozen=True)
class Columns:
    """The indexes of the columns of each field, the best first."""

    by_field: Mapping[Field, list[int]]

    def field(self, at: int) -> Field | None:
        return next((field for field, places in self.by_field.items() if at in places), None)

    def cell(self, cells: list[str], field: Field) -> str:
        """Return the first filled cell of a field, or an empty text."""
        for at in self.by_field.get(field, ()):
            if cells[at]:
                return cells[at]
        return ""

    def has(self, *fields: Field) -> bool:
        return any(self.by_field.get(field) for field in fields)

    @property
    def dates(self) -> list[int]:
        return [at for field in DATES for at in self.by_field.get(field, [])]

    def as_json(self) -> dict[str, str]:
        """Return the field of each column, by its index as a text."""
        return {str(at): field.value for field, places in self.by_field.items() for at in places}


def from_json(stored: Mapping[str, str], width: int) -> Columns:
    """Return the columns of `as_json`, in the order of the guess. Ignore unknown ones."""
    by_field: dict[Field, list[int]] = {}
    known = {field.value for field in Field}
    for key, value in sorted(stored.items(), key=lambda item: int(item[0])):
        if value in known and int(key) < width:
            by_field.setdefault(Field(value), []).append(int(key))
    return Columns(by_field)


def guess(table: Table) -> Columns:
    """Return the columns that a table seems to have."""
    ranked: dict[Field, list[tuple[int, int]]] = {}
    for at, heading in enumerate(table.headings):
        if found := field_of(heading):
            field, rank = found
            ranked.setdefault(field, []).append((rank, at))
    by_field = {
        field: [at for _rank, at in sorted(places)][: None if field in REPEATABLE else 1]
        for field, places in ranked.items()
    }
    _settle_names(by_field, table)
    _guess_by_content(by_field, table)
    return Columns(by_field)


def in_order(columns: Columns, table: Table) -> Columns:
    """Sort repeated columns by their headings: mobile, then phone, home, other and work."""

    def rank(at: int) -> tuple[int, int]:
        found = field_of(table.headings[at])
        return (found[1] if found else 1_000, at)

    return Columns({field: sorted(places, key=rank) for field, places in columns.by_field.items()})


def _settle_names(by_field: dict[Field, list[int]], table: Table) -> None:
    """Read “Name” as the surname beside a first name. Ignore the parts beside a whole name."""
    whole = by_field.get(Field.FULL_NAME)
    if not whole or Field.FIRST_NAME not in by_field:
        return
    if Field.LAST_NAME in by_field:
        del by_field[Field.FIRST_NAME], by_field[Field.LAST_NAME]
    else:
        by_field[Field.LAST_NAME] = by_field.pop(Field.FULL_NAME)


def _guess_by_content(by_field: dict[Field, list[int]], table: Table) -> None:
    """Find e-mails and phones in columns whose heading says nothing.

    A heading of another person, or of a card, has its own meaning, whatever its cells hold.
    """
    taken = {at for places in by_field.values() for at in places}
    free = [
        at
        for at, heading in enumerate(table.headings)
        if at not in taken and _says_nothing(heading)
    ]
    for at in free:
        cells = [row.cells[at] for row in table.rows[:GUESSED_FROM] if row.cells[at]]
        if not cells:
            continue
        looks = Counter(map(_look, cells))
        field, count = looks.most_common(1)[0]
        if field and count >= MOST * len(cells) and field not in by_field:
            by_field[field] = [at]


def _says_nothing(heading: str) -> bool:
    """Return whether a heading is empty or a column's letter or number."""
    words = heading.lower().replace("column", "").replace("spalte", "").replace("columna", "")
    return len(words.strip()) <= 2


def _look(cell: str) -> Field | None:
    if "@" in cell and EMAIL.fullmatch(cell[:LOOKED_AT]):
        return Field.EMAIL
    if is_date(cell):
        return None
    return Field.PHONE if PHONE.match(cell) else None
