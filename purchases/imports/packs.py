"""Read the pack of a row: how many sessions it had, and how many are used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy

from purchases.imports.cells import read_count, read_left_of
from purchases.imports.columns import Columns
from purchases.imports.folding import fold
from purchases.imports.headings import Field

UNREAD_COUNT = gettext_lazy("“%(cell)s” is not a number of sessions.")
BELOW_ZERO = gettext_lazy("The number of sessions is below 0.")
MORE_LEFT = gettext_lazy("%(left)s are left, but only %(total)s were bought.")
MORE_USED = gettext_lazy("%(used)s are used, but only %(total)s were bought.")
HOW_MANY = gettext_lazy("The file does not say how many sessions “%(pack)s” had.")
DISAGREE = gettext_lazy("The sessions left, used and bought do not add up.")
NUMBER_IN_NAME = re.compile(r"(?<!\d)(\d{1,3})(?!\d)")


class NoPack(ValueError):
    """The pack of a row cannot be imported. The text tells the reason."""


@dataclass(frozen=True)
class Counts:
    total: int
    used: int


@dataclass(frozen=True)
class PackKey:
    """The facts that tell the packs of a client apart, without counts, because these change."""

    client_id: UUID
    name: str
    purchased: date | None
    expires: date | None

    def purchase_id(self, occurrence: int) -> UUID:
        """Return the id of the purchase. A second import of the same pack has the same."""
        text = f"pack {fold(self.name)} {self.purchased} {self.expires} {occurrence}"
        return uuid5(self.client_id, text)


@dataclass
class PackNames:
    """How many sessions each pack has whose rows say only how many are left."""

    # By folded name: what the owner chose, and what the studio's offers have.
    chosen: Mapping[str, int]
    offers: Mapping[str, int]
    # The packs to ask about, with the suggestion by the name, and the most sessions left.
    asked: dict[str, int | None] = field(default_factory=dict)
    most_left: dict[str, int] = field(default_factory=dict)

    def total(self, name: str, left: int) -> int:
        """Return the sessions of a pack. Raise NoPack if nothing says it."""
        folded = fold(name)
        self.most_left[name] = max(left, self.most_left.get(name, 0))
        suggestion = self.offers.get(folded) or _number_in(name)
        self.asked.setdefault(name, suggestion)
        total = self.chosen.get(folded, suggestion)
        if total is None:
            raise NoPack(str(HOW_MANY) % {"pack": name})
        return total


def read_counts(cells: list[str], columns: Columns, name: str, names: PackNames) -> Counts | None:
    """Return the counts of a row, or None if it has no balance. Raise NoPack if they are wrong."""
    left, of = _left(columns.cell(cells, Field.REMAINING))
    used = _count(columns.cell(cells, Field.USED))
    total = of if of is not None else _count(columns.cell(cells, Field.TOTAL))
    if left is None and used is None:
        return None
    if min(n for n in (left, used, total, 0) if n is not None) < 0:
        raise NoPack(str(BELOW_ZERO))
    if total is None:
        total = left + used if left is not None and used is not None else None
    elif left is not None and used is not None and left + used != total:
        raise NoPack(str(DISAGREE))
    if total is None:
        known = left if left is not None else used
        assert known is not None
        total = names.total(name, known)
    if used is None:
        assert left is not None
        if left > total:
            raise NoPack(str(MORE_LEFT) % {"left": left, "total": total})
        used = total - left
    if used > total:
        raise NoPack(str(MORE_USED) % {"used": used, "total": total})
    return Counts(total, used)


def _left(cell: str) -> tuple[int | None, int | None]:
    """Return the sessions left, and the bought ones of a cell like “3 of 10”."""
    if both := read_left_of(cell):
        return both
    return _count(cell), None


def _count(cell: str) -> int | None:
    """Return the number, or None for an empty cell or an unlimited pack."""
    if not cell or fold(cell) in UNLIMITED:
        return None
    number = read_count(cell)
    if number is None:
        raise NoPack(str(UNREAD_COUNT) % {"cell": cell})
    return number


UNLIMITED = {"", "unlimited", "unbegrenzt", "ilimitado", "ilimitadas", "illimite", "infinite"}


def _number_in(name: str) -> int | None:
    """Return the only number in a name like “10-class pack”, or None."""
    numbers = NUMBER_IN_NAME.findall(name)
    return int(numbers[0]) if len(numbers) == 1 and int(numbers[0]) else None
