"""Find the header row of a table, and leave out footers."""

import re
from typing import NamedTuple

from purchases.imports.folding import fold
from purchases.imports.headings import is_known

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Finds the same cells as EMAIL, and reads each character a few times at most.
PART_OF_EMAIL = re.compile(r"[^@\s]@[^@\s]+\.[^@\s]")
PHONE = re.compile(r"[+(]?\d[\d\s().-]{6,}$")
LOOKED_AT = 300
# The first words of footers.
TOTALS = ("total records", "total rows", "grand total", "total clients", "records found", "gesamt")


class Row(NamedTuple):
    """A row of a file, with its number from 1."""

    number: int
    cells: list[str]


def has_email(cell: str) -> bool:
    """Return whether the beginning of a cell has an e-mail."""
    return "@" in cell and PART_OF_EMAIL.search(cell[:LOOKED_AT]) is not None


def find_header(rows: list[Row]) -> tuple[int, int]:
    """Return the index of the header row, and its number of known headings.

    It is the first row with the most known headings that holds no e-mail and no phone number.
    """
    best = (0, 0)
    for at, row in enumerate(rows):
        if any(has_email(cell) or PHONE.match(cell) for cell in row.cells):
            continue
        score = sum(map(is_known, row.cells))
        if score > best[1]:
            best = (at, score)
    return best


def without_footer(rows: list[Row], header: Row) -> tuple[list[Row], list[int]]:
    """Return the rows of data, and the numbers of the rows that are footers or repeated headers."""
    left_out = [row.number for row in rows if _is_no_data(row.cells, header.cells)]
    omitted = set(left_out)
    return [row for row in rows if row.number not in omitted], left_out


def _is_no_data(cells: list[str], header: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if len(filled) > 2 and len(set(filled)) == 1:
        return True
    if [cell for cell in header if cell] == filled and len(filled) > 1:
        return True
    return fold(filled[0]).startswith(TOTALS)
