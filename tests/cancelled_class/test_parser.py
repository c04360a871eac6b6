"""Parse pasted text into names and e-mails."""

import pytest

from purchases.cancelled_class.parser import parse_people


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ana Ruiz\nZoë Ng", [("Ana Ruiz", ""), ("Zoë Ng", "")]),
        ("Ana Ruiz, Zoë Ng; 李小龍", [("Ana Ruiz", ""), ("Zoë Ng", ""), ("李小龍", "")]),
        ("ana@x.org, zoe@x.org", [("", "ana@x.org"), ("", "zoe@x.org")]),
        ("ana@x.org zoe@x.org", [("", "ana@x.org"), ("", "zoe@x.org")]),
        ("Ana Ruiz <ana@x.org>", [("Ana Ruiz", "ana@x.org")]),
        ('"Ruiz, Ana" <ana@x.org>, Zoë', [("Ruiz, Ana", "ana@x.org"), ("Zoë", "")]),
        ("Ana <ana@x.org> Zoë <zoe@x.org>", [("Ana", "ana@x.org"), ("Zoë", "zoe@x.org")]),
        ("Ana Ruiz\tana@x.org", [("Ana Ruiz", "ana@x.org")]),
        ("ana@x.org\tAna Ruiz", [("Ana Ruiz", "ana@x.org")]),
        (
            "1. Ana Ruiz\r\n2) Zoë\r\n- Bo\n• Cy",
            [("Ana Ruiz", ""), ("Zoë", ""), ("Bo", ""), ("Cy", "")],
        ),
        ("Write to ana@x.org.", [("Write to", "ana@x.org")]),
        ("Mary O'Brien", [("Mary O'Brien", "")]),
        ('a lone " stays out of the way', [("a lone", ""), ("stays out of the way", "")]),
        ("ana ruiz\nAna Ruiz\n ANA RUIZ ", [("ana ruiz", "")]),
        (" \n,;\t<>\n", []),
        ("", []),
    ],
)
def test_each_person_is_parsed_once(text: str, people: list[tuple[str, str]]) -> None:
    assert [(person.name, person.email) for person in parse_people(text)] == people


def test_parser_keeps_the_pasted_text() -> None:
    texts = [person.text for person in parse_people('"Ruiz, Ana" <ana@x.org>, 3 Zoë')]

    assert texts == ["Ruiz, Ana <ana@x.org>", "3 Zoë"]


def test_long_text_is_parsed_in_linear_time() -> None:
    assert len(parse_people("<" * 50_000 + '"' * 49_999)) == 0
    assert len(parse_people("a@" * 50_000)) <= 1
