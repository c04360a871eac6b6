"""Headings, other people's contacts, several phones, and surnames."""

import pytest

from purchases.imports.columns import from_json, guess
from purchases.imports.headings import Field, field_of
from tests.imports.planned import plan_of, table, table_of


@pytest.mark.parametrize(
    "heading",
    [
        "Emergency Contact Phone",
        "Guardian's Email",
        "Trainer Email",
        "Referred By",
        "Parent Name",
        "Emergency contact name",
        "Billing Email",
        "Notfallkontakt Telefon",
    ],
)
def test_the_contact_of_another_person_is_never_read(heading: str) -> None:
    assert field_of(heading) is None
    found = guess(table(f"Name,{heading}\nAna Ruiz,sofia@example.com\nBen Ode,+61 412 345 678\n"))
    assert found.by_field == {Field.FULL_NAME: [0]}


def test_an_email_below_a_heading_that_says_nothing_is_found() -> None:
    found = guess(table("Name,\nAna Ruiz,ana@example.com\nBen Ode,ben@example.com\n"))
    assert found.by_field[Field.EMAIL] == [1]


def test_phones_are_read_mobile_first() -> None:
    plan = plan_of("gymsales.csv")
    assert [row.client.phone for row in plan.rows] == ["09 555 0123", "021 555 0456"]


def test_the_phone_columns_are_in_order_of_their_headings() -> None:
    found = guess(table("Name,Work Phone,Home Phone,Phone,Mobile\nAna,1,2,3,4\n"))
    assert found.by_field[Field.PHONE] == [4, 3, 2, 1]


def test_name_beside_a_first_name_is_the_surname() -> None:
    assert [row.client.name for row in plan_of("magicline.csv").rows] == [
        "Jürgen Müßig",
        "Käthe Größl",
    ]


def test_parts_beside_a_whole_name_are_not_read() -> None:
    found = guess(table_of("gymdesk.csv"))
    assert Field.FULL_NAME in found.by_field
    assert Field.FIRST_NAME not in found.by_field


def test_a_whole_name_in_the_first_name_stays_whole() -> None:
    names = [row.client.name for row in plan_of("mindbody_clients.csv").rows]
    assert names[1:5] == ["Priya Raman", "Thị Mai Nguyễn", "Văn An Nguyễn", "Lotte van der Berg"]


def test_surname_first_is_turned_around_if_the_column_is_so() -> None:
    names = [row.client.name for row in plan_of("schedulista.csv").rows]
    assert names == ["Beatriz Ferreira", "Zofia Kowalska", "Dana Smith"]


def test_a_comma_in_one_name_turns_nothing_around() -> None:
    plan = plan_of('Name\n"King, Jr."\n"Ruiz, Ana"\nBen Ode\nZoë Ng\n')
    assert [row.client.name for row in plan.rows] == ["King, Jr.", "Ruiz, Ana", "Ben Ode", "Zoë Ng"]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Sessions left", Field.REMAINING),
        ("Balance", Field.REMAINING),
        ("Passes remaining", Field.REMAINING),
        ("# of Visits Remaining", Field.REMAINING),
        ("Session count", Field.TOTAL),
        ("Exp. date", Field.EXPIRES),
        ("valid-until", Field.EXPIRES),
        ("ActiveDate", Field.PURCHASED),
        ("Product", Field.PACK),
        ("Gültig bis", Field.EXPIRES),
        ("Correo electrónico", Field.EMAIL),
        ("Total Bookings", None),
        ("Appointment Count", None),
        ("Date of Birth", None),
        ("Credit card", None),
    ],
)
def test_headings_have_their_meaning(heading: str, field: Field | None) -> None:
    found = field_of(heading)
    assert (found[0] if found else None) == field


def test_the_columns_survive_being_stored() -> None:
    found = guess(table_of("punchpass_us.csv"))
    assert from_json(found.as_json(), 20).by_field == dict(found.by_field)
    assert from_json({"0": "email", "3": "nonsense", "99": "phone"}, 5).by_field == {
        Field.EMAIL: [0]
    }
