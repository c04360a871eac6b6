"""Amounts of money as people type them, in the minor units of a currency.

The shared tables call every amount `…_cents`. It counts the smallest unit of its currency, as at
Stripe: the cents of AUD, and the yen of JPY.
"""

import re
from decimal import Decimal

# The ISO 4217 currencies that do not have two decimals.
NO_DECIMALS = {
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"),
    *("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
}
THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
# The largest value of an `int` column.
MOST = 2**31 - 1

# Digits, which spaces, dots, commas or apostrophes may group by three, and at most one separator of
# decimals.
GROUPED = re.compile(r"[1-9]\d{0,2}(?:([ \u00a0\u202f.,'’])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
PLAIN = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+")


def decimals(currency: str) -> int:
    """Return the number of decimals of a currency, and 2 for an unknown one."""
    code = currency.upper()
    if code in NO_DECIMALS:
        return 0
    return 3 if code in THREE_DECIMALS else 2


def amount(minor_units: int, currency: str) -> Decimal:
    """Return 200.00 for 20000 of AUD, and 20000 for 20000 of JPY."""
    return Decimal(minor_units).scaleb(-decimals(currency))


def typed_amount(minor_units: int, currency: str) -> str:
    """Return an amount as the value of a field: "180", or "180.50"."""
    value = amount(minor_units, currency)
    return str(value.to_integral_value()) if value == value.to_integral_value() else str(value)


def minor_units(text: str, currency: str) -> int:
    """Return the minor units of a typed amount: 18000 for "180", "180,00" or "180.00" of AUD.

    Raise ValueError if the text is not a number, is too large, or has too many decimals.
    A minus sign is allowed, so that the caller can say what is wrong.
    """
    typed = text.strip()
    sign, digits = (-1, typed[1:]) if typed[:1] in ("-", "−") else (1, typed)
    digits = digits.strip()
    places = decimals(currency)
    value = Decimal(_with_a_point(digits, places)).scaleb(places)
    if value != value.to_integral_value() or value > MOST:
        raise ValueError(text)
    return sign * int(value)


def _with_a_point(digits: str, places: int) -> str:
    """Return the digits with a point as the separator of decimals, and without groups."""
    if not digits.isascii():
        digits = re.sub("[\u00a0\u202f]", " ", digits).replace("’", "'")
    plain = PLAIN.fullmatch(digits)
    # "1.800" groups, unless the currency has three decimals. "1.80" does not.
    if plain and not (GROUPED.fullmatch(digits) and places != 3):
        return digits.replace(",", ".")
    grouped = GROUPED.fullmatch(digits)
    if not grouped:
        raise ValueError(digits)
    ungrouped = digits.replace(grouped[1], "")
    return ungrouped.replace(",", ".")
