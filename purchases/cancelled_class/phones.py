"""Compare phone numbers that are written with or without a country code."""

import re
from typing import NamedTuple

# The country codes of ITU-T E.164. No code begins another one.
COUNTRY_CODE = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3}")
# A number of this many digits that does not begin with 0 may begin with a country code.
WITH_COUNTRY_CODE = 11


class PhoneNumber(NamedTuple):
    """The country code, empty if it is unknown, and the digits after it without leading zeros."""

    country_code: str
    national: str


def readings(text: str) -> list[PhoneNumber]:
    """Return the numbers that a text can mean, the shortest national number last."""
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    if text.lstrip(" (").startswith("+"):
        return [_international(digits)]
    if digits.startswith("00"):
        return [_international(digits[2:])]
    numbers = [PhoneNumber("", digits.lstrip("0"))]
    if len(digits) >= WITH_COUNTRY_CODE and not digits.startswith("0"):
        numbers.append(_international(digits))
    return numbers


def is_same_number(one: str, other: str) -> bool:
    """Return whether two texts are the same whole number. A missing country code is ignored."""
    return any(
        first.national == second.national != "" and _may_be_equal(first, second)
        for first in readings(one)
        for second in readings(other)
    )


def _may_be_equal(one: PhoneNumber, other: PhoneNumber) -> bool:
    codes = {one.country_code, other.country_code}
    return "" in codes or len(codes) == 1


def _international(digits: str) -> PhoneNumber:
    code = COUNTRY_CODE.match(digits)
    end = code.end() if code else 0
    return PhoneNumber(digits[:end], digits[end:].lstrip("0"))
