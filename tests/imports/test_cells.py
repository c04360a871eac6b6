"""Phones with remarks, shortened numbers, card numbers, amounts, and lost letters."""

import pytest

from purchases.imports.cells import (
    has_card_number,
    is_shortened,
    plain,
    read_cents,
    read_count,
    read_emails,
    read_phone,
)
from tests.imports.planned import plan_of


@pytest.mark.parametrize(
    ("cell", "number", "remark"),
    [
        ("0412345678 (mum)", "0412345678", "0412345678 (mum)"),
        ("0412 345 678", "0412 345 678", ""),
        ("(212) 555-0142", "(212) 555-0142", ""),
        ("+61 412 345 678 Mob", "+61 412 345 678", "+61 412 345 678 Mob"),
        ("1800 FLOWERS", "1800 FLOWERS", ""),
        ("ask her", "ask her", ""),
    ],
)
def test_a_phone_is_cut_from_the_first_letter_on(cell: str, number: str, remark: str) -> None:
    assert read_phone(cell) == (number, remark)


@pytest.mark.parametrize(
    ("cell", "country", "number"),
    [
        ("412345678", "AU", "0412345678"),
        ("412345678", "", "412345678"),
        ("0412345678", "AU", "0412345678"),
        ("+61412345678", "AU", "+61412345678"),
        ("2125550142", "US", "2125550142"),
        ("61412345678", "AU", "61412345678"),
    ],
)
def test_a_lost_0_comes_back_only_if_the_country_is_known(
    cell: str, country: str, number: str
) -> None:
    assert read_phone(cell, country).number == number


def test_what_was_written_beside_a_phone_is_kept_as_a_note() -> None:
    rows = {row.client.name: row for row in plan_of("mindbody_clients.csv").rows}
    assert rows["Thị Mai Nguyễn"].client.phone == "0412 345 672"
    assert rows["Thị Mai Nguyễn"].notes == "0412 345 672 (mum)"


def test_a_shortened_number_is_listed_and_never_guessed() -> None:
    assert is_shortened("6.1412E+10")
    assert is_shortened("6,1412E+10")
    assert not is_shortened("61412345678")
    plan = plan_of("mindbody_clients.csv")
    assert [(line.number, line.name) for line in plan.check] == [(9, "Lotte van der Berg")]
    assert "6.1412E+10" in plan.check[0].text
    assert [row.client.phone for row in plan.rows if row.number == 9] == [""]


def test_card_numbers_are_dropped_and_counted() -> None:
    assert has_card_number("pays with 4111 1111 1111 1111")
    assert not has_card_number("4111 1111 1111 1112")
    assert not has_card_number("+44 7700 900123 4")
    plan = plan_of("schedulista.csv")
    assert plan.card_numbers == 1
    assert [row.notes for row in plan.rows] == ["Prefers mornings and tea", "", ""]


def test_columns_that_are_not_read_leave_nothing_in_the_plan() -> None:
    plan = plan_of("gymdesk.csv")
    assert "Asthma" not in repr(plan)
    assert "4417" not in repr(plan)
    assert "600 555 011" not in repr(plan)


def test_a_lost_letter_in_a_name_is_a_warning() -> None:
    plan = plan_of("package_tracker.csv")
    assert [(line.number, line.name) for line in plan.check] == [(4, "Sam O?Neil")]


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("$120.00", 12000),
        ("1,234.56", 123456),
        ("1.234,56", 123456),
        ("184,00", 18400),
        ("£60", 6000),
        ("1,180", 118000),
        ("120 AUD", 12000),
        ("free", None),
        ("-5.00", None),
    ],
)
def test_amounts_are_read_with_either_decimal_mark(cell: str, cents: int | None) -> None:
    assert read_cents(cell) == cents


@pytest.mark.parametrize(
    ("cell", "places", "units"),
    [("¥1,800", 0, 1800), ("1800.00", 0, 1800), ("18.50", 0, None), ("18.50", 3, 18500)],
)
def test_amounts_have_the_decimals_of_the_currency(
    cell: str, places: int, units: int | None
) -> None:
    assert read_cents(cell, places) == units


def test_counts_and_emails_are_read() -> None:
    assert [read_count(cell) for cell in ("3", "3.0", "3 left", "3,00", "x", "2.5")] == [
        3,
        3,
        3,
        3,
        None,
        None,
    ]
    assert read_emails("Ana <ana@example.com>; b@example.com.") == [
        "ana@example.com",
        "b@example.com",
    ]


def test_a_guard_of_spreadsheets_and_invisible_characters_go() -> None:
    assert plain("'+61 412") == "+61 412"
    assert plain("Ana\u202e Ruiz\x07") == "Ana Ruiz"
    assert [plain(cell) for cell in ("-", "n/a", "N/A", "None")] == [""] * 4
    assert plain("O'Brien") == "O'Brien"
