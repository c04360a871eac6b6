"""Typed amounts of money, and amounts in words, by the decimals of their currency."""

import pytest

from purchases.currencies import minor_units, typed_amount
from purchases.formatting import money


@pytest.mark.parametrize(
    ("typed", "currency", "units"),
    [
        ("180", "aud", 18000),
        ("180,00", "aud", 18000),
        ("180.00", "aud", 18000),
        (" 180.5 ", "AUD", 18050),
        ("0", "aud", 0),
        ("0.05", "aud", 5),
        (".5", "aud", 50),
        ("1.800", "eur", 180000),
        ("1.800,50", "eur", 180050),
        ("1,800.50", "aud", 180050),
        ("1 800,50", "eur", 180050),
        ("1\u202f800,50", "eur", 180050),
        ("1'800.00", "chf", 180000),
        ("1’800.00", "chf", 180000),
        ("1,000,000", "aud", 100000000),
        ("1800", "jpy", 1800),
        ("1,800", "jpy", 1800),
        ("1.800", "kwd", 1800),
        ("-5", "aud", -500),
    ],
)
def test_a_typed_amount_is_read_with_either_separator(
    typed: str, currency: str, units: int
) -> None:
    assert minor_units(typed, currency) == units


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("", "aud"),
        ("abc", "aud"),
        ("180 AUD", "aud"),
        ("1.5", "jpy"),
        ("1.8.0", "aud"),
        ("0.005", "aud"),
        ("1,80,00", "aud"),
        ("1e3", "aud"),
        ("99999999999", "aud"),
    ],
)
def test_what_is_no_amount_is_refused(typed: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        minor_units(typed, currency)


@pytest.mark.parametrize(
    ("units", "currency", "field", "words"),
    [
        (18000, "aud", "180", "180.00 AUD"),
        (18050, "aud", "180.50", "180.50 AUD"),
        (1800, "jpy", "1800", "1,800 JPY"),
        (1500, "kwd", "1.500", "1.500 KWD"),
        (-500, "aud", "-5", "-5.00 AUD"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(
    units: int, currency: str, field: str, words: str
) -> None:
    assert typed_amount(units, currency) == field
    assert minor_units(field, currency) == units
    assert money(units, currency) == words
