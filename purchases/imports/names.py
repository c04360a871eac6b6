"""Read the name of a person. The parts are joined, and a whole name is never split."""

from purchases.imports.columns import Columns
from purchases.imports.headings import Field
from purchases.imports.reader import Table

# A comma before these does not separate a surname.
SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "phd", "md", "esq"}
# The part of the names that have a comma, if the column is “Surname, First”.
MOST = 0.8


def is_surname_first(table: Table, columns: Columns) -> bool:
    """Return whether the whole names of a table are written “Surname, First”."""
    names = [name for row in table.rows if (name := columns.cell(row.cells, Field.FULL_NAME))]
    halves = sum(_halves(name) is not None for name in names)
    return bool(names) and halves >= MOST * len(names)


def read_name(cells: list[str], columns: Columns, *, surname_first: bool) -> str:
    """Return the whole name, or the parts joined."""
    whole = columns.cell(cells, Field.FULL_NAME)
    if whole:
        halves = _halves(whole) if surname_first else None
        return f"{halves[1]} {halves[0]}" if halves else whole
    parts = (columns.cell(cells, Field.FIRST_NAME), columns.cell(cells, Field.LAST_NAME))
    return " ".join(filter(None, parts))


def _halves(name: str) -> tuple[str, str] | None:
    """Return what is before and after the only comma, or None."""
    before, after = (part.strip() for part in name.partition(",")[::2])
    if not (before and after) or "," in after or after.lower().rstrip(".") in SUFFIXES:
        return None
    return before, after
