"""The columns with samples, and the lists of a stored plan, for the pages of an import."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from purchases.imports.drafts import Draft
from purchases.imports.headings import Field
from purchases.imports.plan import Line, Plan

SAMPLES = 3
LONGEST_SAMPLE = 60
# The lines of a list that the page shows.
SHOWN = 100


class ColumnShown(NamedTuple):
    at: int
    heading: str
    samples: list[str]
    field: Field | None


class ListShown(NamedTuple):
    name: str
    title: str
    length: int
    lines: list[Line]
    is_open: bool

    @property
    def more(self) -> int:
        return self.length - len(self.lines)


def columns_of(draft: Draft) -> list[ColumnShown]:
    """Return each column with its first filled cells."""
    shown = []
    for at, heading in enumerate(draft.table.headings):
        samples: list[str] = []
        for row in draft.table.rows:
            cell = row.cells[at]
            if cell and cell not in samples:
                samples.append(cell)
            if len(samples) == SAMPLES:
                break
        cut = [f"{s[:LONGEST_SAMPLE]}…" if len(s) > LONGEST_SAMPLE else s for s in samples]
        if heading or cut:
            shown.append(ColumnShown(at, heading, cut, draft.columns.field(at)))
    return shown


# Those with problems first.
TITLES = {
    "cannot": _("Cannot be imported"),
    "check": _("Check these"),
    "twice": _("Twice in the file"),
    "no_balance": _("Packs without a balance, not imported"),
    "created": _("Clients to add"),
    "matched": _("Clients who are here already"),
    "packs": _("Packs to add"),
    "packs_before": _("Packs that were imported before"),
    "unpaid": _("Packs without an amount, added with 0"),
}


def all_lists(plan: Plan) -> dict[str, list[Line]]:
    """Return the lists of a plan by their names."""
    return {name: getattr(plan, name) for name in TITLES}


def lists_of(stored: dict[str, Any]) -> list[ListShown]:
    """Return the lists of a stored plan that are not empty."""
    return [
        ListShown(
            name,
            str(title),
            stored["counts"][name],
            [Line(*line) for line in stored["lists"][name]],
            name in ("cannot", "check"),
        )
        for name, title in TITLES.items()
        if stored["counts"][name]
    ]
