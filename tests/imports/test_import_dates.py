"""One order of day and month for a column, Excel's serials, and days without a year."""

from datetime import date

import pytest

from purchases.imports.dates import Order, evidence, parse
from tests.imports.planned import plan_of

DMY, MDY = Order.DAY_FIRST, Order.MONTH_FIRST


def test_one_cell_settles_a_column() -> None:
    cells = [f"0{day}/02/2026" for day in range(1, 9)] * 26 + ["25/12/2024"]
    assert evidence(cells).order == DMY
    assert evidence([*cells[:-1], "12/25/2024"]).order == MDY


def test_a_column_that_settles_nothing_is_asked_about() -> None:
    found = evidence(["03/04/2026", "05/06/2026"])
    assert (found.order, found.must_ask) == (None, True)


def test_a_column_that_contradicts_itself_is_asked_about() -> None:
    found = evidence(["25/12/2026", "12/25/2026"])
    assert (found.order, found.must_ask) == (None, True)


@pytest.mark.parametrize("cells", [["2026-03-04"], ["04/04/2026"], ["45292"], [""], ["3 Apr 2026"]])
def test_a_column_without_ambiguous_cells_is_not_asked_about(cells: list[str]) -> None:
    assert not evidence(cells).must_ask


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("2026-09-18", None, date(2026, 9, 18)),
        ("2026-09-18T00:00:00", None, date(2026, 9, 18)),
        ("2026-09-18 18:30:00", None, date(2026, 9, 18)),
        ("03/04/2026", DMY, date(2026, 4, 3)),
        ("03/04/2026", MDY, date(2026, 3, 4)),
        ("3/4/26 3:00 PM", MDY, date(2026, 3, 4)),
        ("04/04/2026", None, date(2026, 4, 4)),
        ("12.10.2026", DMY, date(2026, 10, 12)),
        ("45292", None, date(2024, 1, 1)),
        ("45292.75", None, date(2024, 1, 1)),
        ("12 Jan 2026", None, date(2026, 1, 12)),
        ("12. März 2026", None, date(2026, 3, 12)),
        ("12 de enero de 2026", None, date(2026, 1, 12)),
        ("January 12, 2026", None, date(2026, 1, 12)),
        ("03/04/2026", None, None),
        ("25/12/2026", MDY, None),
        ("31/02/2026", DMY, None),
        ("05-14", None, None),
        ("3", None, None),
        ("99999", None, None),
        ("soon", None, None),
    ],
)
def test_a_cell_is_read_in_the_order_of_its_column(
    cell: str, order: Order | None, day: date | None
) -> None:
    assert parse(cell, order) == day


def expiries(plan_name: str, order: Order | None = None) -> list[tuple[str, str]]:
    plan = plan_of(plan_name, order=order)
    return [(str(row.pack.purchased), str(row.pack.expires)) for row in plan.rows if row.pack]


def test_the_same_texts_are_read_by_the_order_that_was_chosen() -> None:
    assert plan_of("punchpass_us.csv").must_ask_dates
    assert expiries("punchpass_us.csv", MDY)[0] == ("2026-03-04", "2027-04-05")
    assert expiries("punchpass_uk.csv", DMY)[0] == ("2026-04-03", "2027-05-04")


def test_a_chosen_order_does_not_override_a_settled_column() -> None:
    assert expiries("punchpass_us.csv", DMY)[0] == ("2026-04-03", "2027-04-05")


def test_a_pack_with_an_unreadable_expiry_is_listed_and_its_person_imported() -> None:
    plan = plan_of("Name,Left,Total,Expires\nAna Ruiz,3,10,05-14\nBen Ode,3,10,never\n")
    assert [(line.number, line.text) for line in plan.cannot] == [
        (2, "“05-14” is not a date with a year.")
    ]
    assert [row.client.name for row in plan.rows if row.pack] == ["Ben Ode"]
    assert len(plan.created) == 2
