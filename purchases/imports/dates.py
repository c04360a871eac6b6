"""Read the dates of a column. One order of day and month is decided for the whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from purchases.imports.folding import cache_short_texts, fold

ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$")
NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,].*)?$")
SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?$")
DAY_FIRST = re.compile(
    r"(?:\w+,? )?(\d{1,2})(?:st|nd|rd|th|\.)?[ -](?:de )?([^\W\d]{3,})\.?,?[ -](?:de )?"
    r"(\d{4}|\d{2})\b"
)
MONTH_FIRST = re.compile(r"(?:\w+,? )?([^\W\d]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")
# Excel counts days from here. It has a 29 February 1900, which never was.
EXCEL_DAY_0 = date(1899, 12, 30)
# The serial numbers of 1 January 1990 and 31 December 2099.
SERIALS = range(32_874, 73_051)

# The beginnings of the months in English, German, Spanish and French, folded.
MONTHS = [
    ("jan", "ene", "janv", "jan"),
    ("feb", "feb", "fev", "fevr"),
    ("mar", "mrz", "maer", "mars"),
    ("apr", "abr", "avr"),
    ("may", "mai", "mayo"),
    ("jun", "juin"),
    ("jul", "juil"),
    ("aug", "ago", "aou"),
    ("sep", "set"),
    ("oct", "okt"),
    ("nov",),
    ("dec", "dez", "dic"),
]


class Order(StrEnum):
    """The order of day and month in a column."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True)
class Evidence:
    """The cells of a column that settle its order, and the number that fit both."""

    day_first: str = ""
    month_first: str = ""
    ambiguous: int = 0

    @property
    def order(self) -> Order | None:
        """Return the order that the column settles, or None if it settles none, or both."""
        if self.day_first and not self.month_first:
            return Order.DAY_FIRST
        if self.month_first and not self.day_first:
            return Order.MONTH_FIRST
        return None

    @property
    def must_ask(self) -> bool:
        contradicts = bool(self.day_first and self.month_first)
        return self.order is None and (bool(self.ambiguous) or contradicts)


def evidence(cells: Iterable[str]) -> Evidence:
    """Return what all cells of a column say about its order."""
    day_first = month_first = ""
    ambiguous = 0
    for cell in set(cells):
        match = NUMBERS.match(cell)
        if not match:
            continue
        first, mark, second = int(match[1]), match[2], int(match[3])
        if first > 12 >= second or (mark == "." and second <= 12):
            day_first = day_first or cell
        elif second > 12 >= first:
            month_first = month_first or cell
        elif first != second:
            ambiguous += 1
    return Evidence(day_first, month_first, ambiguous)


@cache_short_texts(50_000)
def parse(cell: str, order: Order | None) -> date | None:
    """Return the day of a cell, or None if it has no day with a year."""
    cell = cell.strip()
    if match := ISO.match(cell):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := NUMBERS.match(cell):
        first, second, year = int(match[1]), int(match[3]), _year(match[4])
        if first == second:
            return _day(year, first, second)
        if order is None:
            return None
        month_first = order == Order.MONTH_FIRST
        return _day(year, first, second) if month_first else _day(year, second, first)
    if SERIAL.match(cell):
        serial = int(float(cell.replace(",", ".")))
        return EXCEL_DAY_0 + timedelta(days=serial) if serial in SERIALS else None
    if match := DAY_FIRST.match(cell):
        return _day(_year(match[3]), _month(match[2]), int(match[1]))
    if match := MONTH_FIRST.match(cell):
        return _day(int(match[3]), _month(match[1]), int(match[2]))
    return None


def is_date(cell: str) -> bool:
    return bool(ISO.match(cell) or NUMBERS.match(cell))


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else 2000 + year if year < 70 else 1900 + year


def _month(name: str) -> int:
    """Return the number of a month, or 0."""
    folded = fold(name)
    return next((n for n, begins in enumerate(MONTHS, 1) if folded.startswith(begins)), 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
