"""The columns of a list, and what its cells have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum, auto
from typing import Any
from uuid import UUID

from django.db import models

from purchases.changed_values import payment
from purchases.models import Purchase

# A program for spreadsheets calculates a text that begins like this. The last four are the full
# width forms, which some programs read as the others.
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")

Row = Sequence[Any]


class Kind(Enum):
    """The kind of a column. Only a text may have been typed by a person or another program."""

    TEXT = auto()
    NUMBER = auto()
    # A decimal, written with a point in every language, as programs read it.
    AMOUNT = auto()
    TIME = auto()
    # A code or an id of ours.
    CODE = auto()


@dataclass(frozen=True)
class Column:
    header: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    """A list of one org, ready to be written. `rows` reads the database when it is called."""

    title: str
    columns: Sequence[Column]
    rows: Callable[[], Iterator[Row]]
    zone: tzinfo


@dataclass(frozen=True)
class Filter:
    """The rows of a list that a member wants. Each list uses its own part of it."""

    org_id: UUID
    zone: tzinfo
    q: str = ""
    state: Purchase.State = Purchase.State.ALL
    # The first and the last moment of the events.
    first: datetime | None = None
    last: datetime | None = None

    @property
    def params(self) -> dict[str, Any]:
        return {"org_id": self.org_id, "first": self.first, "last": self.last}


# The columns of a list, and a function that reads its rows in a transaction.
Parts = tuple[list[Column], Callable[[], Iterator[Row]]]


def begins_like_formula(text: str) -> bool:
    return text[:1] in FORMULA_STARTS and text != ""


def never(timestamp: datetime) -> bool:
    """Return whether a time stands for "never": other programs write infinity or the year 9999."""
    return timestamp.year == 9999


def labels(choices: type[models.TextChoices]) -> dict[str | None, str]:
    return {str(value): str(label) for value, label in choices.choices}


def payments() -> dict[str | None, str]:
    """Return the texts of the desk, by payment status."""
    return {status: payment(status) for status in [*Purchase.PaymentStatus.values, None]}
