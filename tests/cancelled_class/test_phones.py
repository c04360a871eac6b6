"""Compare phone numbers with and without a country code."""

import pytest

from purchases.cancelled_class.phones import is_same_number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0412 345 678", "0412345678"),
        ("0412 345 678", "412 345 678"),
        ("0412 345 678", "+61 412 345 678"),
        ("0412 345 678", "+61 (0)412 345 678"),
        ("0412 345 678", "0061 412 345 678"),
        ("+61 412 345 678", "61412345678"),
        ("61412345678", "0412 345 678"),
        ("(412) 345-6789", "+1 412 345 6789"),
        ("+39 06 1234567", "06 1234567"),
        ("+376 312 345", "312345"),
    ],
)
def test_same_number(one: str, other: str) -> None:
    assert is_same_number(one, other)
    assert is_same_number(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0412 345 678", "0412 345 67"),
        ("0412 345 678", "12 345 678"),
        ("0412 345 678", "345 678"),
        ("+61 412 345 678", "12 345 678"),
        ("+61 412 345 678", "+64 412 345 678"),
        ("07412 345 678", "0412 345 678"),
        ("07412 345 678", "08412 345 678"),
        ("+1 412 345 6789", "12 345 6789"),
        ("", ""),
        ("0", "00"),
        ("0412 345 678", ""),
    ],
)
def test_other_number(one: str, other: str) -> None:
    assert not is_same_number(one, other)
    assert not is_same_number(other, one)
