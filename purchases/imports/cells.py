"""Read the cells of a row: counts, amounts, phones and e-mails."""

import re
from typing import NamedTuple

from purchases.input_rules import UNUSUAL

SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+$", re.IGNORECASE)
COUNT = re.compile(r"(-?\d{1,6})(?:[.,]0+)?(?:\s+[^\W\d].*)?$")
OF = re.compile(r"(\d{1,6})\s*(?:/|of|von|de|sur)\s*(\d{1,6})\b")
LONG_NUMBER = re.compile(r"(?<![\d+])\d(?:[ -]?\d){12,18}(?!\d)")
BETWEEN_EMAILS = re.compile(r"[\s,;<>()\"']+")
GUARDED = re.compile(r"'(?=[=+\-@\d])")
BLANKS = {"-", "–", "—", "n/a", "na", "none", "null", "nil"}
# A question mark that Excel writes for a letter that the Windows code page lacks.
LOST_LETTER = re.compile(r"[^\W\d]\?|\?[^\W\d]")
DIGITS = re.compile(r"\D")

# The countries whose numbers begin with 0 at home, with the digits after it, least and most.
TRUNK_0 = {
    "AT": (7, 13), "AU": (9, 9), "BE": (8, 9), "CH": (9, 9), "DE": (7, 11), "FI": (6, 10),
    "FR": (9, 9), "GB": (9, 10), "IE": (7, 9), "IL": (8, 9), "IN": (10, 10), "JP": (9, 10),
    "NL": (9, 9), "NZ": (8, 10), "SE": (7, 9), "SI": (8, 8), "SK": (9, 9), "TR": (10, 10),
    "ZA": (9, 9),
}  # fmt: skip


class Phone(NamedTuple):
    """A number, and the whole cell if it says more than the number."""

    number: str
    remark: str = ""


def plain(cell: str) -> str:
    """Return a cell without unusual characters, the guard of spreadsheets, and blanks."""
    if not cell.isprintable():
        cell = UNUSUAL.sub("", cell)
    text = (GUARDED.sub("", cell, count=1) if cell.startswith("'") else cell).strip()
    return "" if text.lower() in BLANKS else text


def is_shortened(cell: str) -> bool:
    """Return whether a spreadsheet shortened a long number, so that its digits are gone."""
    return bool(SHORTENED.match(cell))


def has_lost_letters(name: str) -> bool:
    return bool(LOST_LETTER.search(name))


def has_card_number(cell: str) -> bool:
    """Return whether a cell has a number that passes the check of card numbers (Luhn)."""
    return any(_passes_luhn(DIGITS.sub("", match[0])) for match in LONG_NUMBER.finditer(cell))


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def read_count(cell: str) -> int | None:
    """Return the number of "3", "3.0" or "3 left", or None."""
    match = COUNT.match(cell)
    return int(match[1]) if match else None


def read_left_of(cell: str) -> tuple[int, int] | None:
    """Return the numbers of "3 of 10" or "3/10", or None."""
    match = OF.match(cell)
    return (int(match[1]), int(match[2])) if match else None


def read_cents(cell: str, places: int = 2) -> int | None:
    """Return the minor units of "1,234.56", "1.234,56" or "$ 120", or None.

    The last mark is decimal if one or two digits follow it. `places` is the number of decimals of
    the currency.
    """
    digits = re.sub(r"[^\d.,-]", "", cell)
    whole, decimals = digits, ""
    if match := re.search(r"[.,](\d{1,2})$", digits):
        whole, decimals = digits[: match.start()], match[1]
    whole = re.sub(r"[.,]", "", whole)
    if not re.fullmatch(r"-?\d{1,7}", whole):
        return None
    if decimals[places:].strip("0"):
        return None
    cents = abs(int(whole)) * 10**places + int(decimals.ljust(places, "0")[:places] or 0)
    return None if whole.startswith("-") else cents


def read_phone(cell: str, country: str = "") -> Phone:
    """Return the number of a cell, cut from the first letter on.

    A cell without a number of 6 to 15 digits is kept as it is. If the country is known, a 0 that a
    spreadsheet removed comes back.
    """
    written = re.split(r"[^\W\d]|\(\D", cell, maxsplit=1)[0].strip(" .,;:/-")
    digits = DIGITS.sub("", written)
    if not 6 <= len(digits) <= 15:
        return Phone(cell)
    remark = cell if written != cell.strip(" .,;:/-") else ""
    least, most = TRUNK_0.get(country, (0, -1))
    if written[0].isdigit() and written[0] != "0" and least <= len(digits) <= most:
        written = f"0{written}"
    return Phone(written, remark)


def read_emails(cell: str) -> list[str]:
    """Return the e-mail addresses of a cell."""
    if "@" not in cell:
        return []
    # One expression for all of it would take quadratic time.
    words = [word.rstrip(".").removeprefix("mailto:") for word in BETWEEN_EMAILS.split(cell)]
    return [word for word in words if _is_email(word)]


def _is_email(word: str) -> bool:
    name, _, host = word.rpartition("@")
    return bool(name) and "." in host[1:-1]
