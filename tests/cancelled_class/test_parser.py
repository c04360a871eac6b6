"""Parse pasted text into names, e-mails and phone numbers."""

import re
import time

import pytest

from purchases.cancelled_class import parser
from purchases.cancelled_class.parser import (
    MAX_EMAIL,
    MAX_NAME,
    MAX_PARTS,
    TooManyParts,
    count_people,
    parse_people,
)

# The largest text that the form allows.
LARGEST = 100_000


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


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("0412 345 678", "", "0412 345 678"),
        ("Ana Ruiz 0412 345 678", "Ana Ruiz", "0412 345 678"),
        ("3. Ana Ruiz 0412 345 678", "Ana Ruiz", "0412 345 678"),
        ("Ana Ruiz, +61 (0)412-345-678", "", "+61 (0)412-345-678"),
        ("(02) 9876 5432 Ana - mobile", "Ana - mobile", "(02) 9876 5432"),
        ("Ana 0412345678 / 0433111222", "Ana /", "0412345678"),
        ("Ana 7", "Ana 7", ""),
        ("Ana 2026-11", "Ana 2026-11", ""),
        ("a0412345678", "a0412345678", ""),
        ("04123456789012345678", "04123456789012345678", ""),
    ],
)
def test_phone_number_is_taken_out_of_a_name(text: str, name: str, phone: str) -> None:
    person = parse_people(text)[-1]

    assert (person.name, person.phone) == (name, phone)


def test_names_beside_a_comma_may_be_halves_of_one_name() -> None:
    for text in ("Ruiz, Ana", "Ruiz Lopez, Ana", "Ruiz, Ana Maria <ana@x.org>"):
        family, given = parse_people(text)
        assert (family.after, given.before) == (given.name, family.name)
        assert count_people([family, given]) == 1
    for text in ("Ana Ruiz, Zoë Ng", "Ana; Ruiz", "Ana\nRuiz", "ana@x.org, Ana", "Ana, ana@x.org"):
        assert [(each.before, each.after) for each in parse_people(text)] == [("", "")] * 2, text


def test_repeated_family_name_is_kept_with_each_given_name() -> None:
    people = parse_people("Ruiz, Ana\nRuiz, Bo\nRuiz, Ana")

    assert [(each.before, each.name) for each in people if each.before] == [
        ("Ruiz", "Ana"),
        ("Ruiz", "Bo"),
    ]
    assert count_people(people) == 2


@pytest.mark.parametrize(
    "text", ["x" * (MAX_NAME + 1), "a " * 50, f"ana@{'x' * MAX_EMAIL}", "x" * LARGEST]
)
def test_text_that_is_too_long_for_a_name_is_shortened(text: str) -> None:
    [person, other] = parse_people(f"{text}\nAna Ruiz")

    assert person.is_too_long
    assert (person.name, person.email, person.phone) == ("", "", "")
    assert len(person.text) <= 61
    assert other.name == "Ana Ruiz"


def test_line_of_many_emails_is_not_too_long() -> None:
    emails = [f"ana{n}@example.com" for n in range(500)]

    for separator in (" ", ", ", "; "):
        assert [person.email for person in parse_people(separator.join(emails))] == emails


# --- Time ------------------------------------------------------------------------------------

# Texts that make an expression with backtracking, or a search from each letter, quadratic.
WORST = [
    *("a", "1", "@", "a@", "@a", ".", "-", "(", "((1", "+1 ", " ", "\t", "\n", ",", ";", '"', '""'),
    *(
        "a ",
        "1 ",
        "a,",
        "1,",
        '",',
        "<",
        "<a@",
        "a@b ",
        "a\n",
        "•\n",
        "1. ",
        "[x]",
        "ab,c ",
        "\u200e",
    ),
]
SECONDS = 2


def parse_timed(text: str) -> tuple[int, float]:
    """Return the number of people or parts, and the seconds of Python that the parser takes."""
    began = time.process_time()
    try:
        count = count_people(parse_people(text))
    except TooManyParts as error:
        count = error.count
    return count, time.process_time() - began


@pytest.mark.parametrize("letters", WORST)
def test_largest_text_is_parsed_in_linear_time(letters: str) -> None:
    """The limit is seven times what is allowed, and a tenth of what an expression with backtracking
    takes."""
    _, seconds = parse_timed((letters * LARGEST)[:LARGEST])

    assert seconds < SECONDS


@pytest.mark.parametrize("separator", ["\n", ", ", "; ", " "])
@pytest.mark.parametrize("person", ["{:x}", "{:x}@a.b", "A{:x} B <{:x}@a.b>", "{:x}, A 0412 {:06}"])
def test_most_different_people_are_parsed_in_linear_time(person: str, separator: str) -> None:
    people = [person.format(n, n) for n in range(40_000)]

    _, seconds = parse_timed(separator.join(people)[:LARGEST])

    assert seconds < SECONDS


@pytest.mark.parametrize("separator", ["\n", ",", ";", "@a "])
def test_too_many_parts_are_counted_and_not_parsed(
    monkeypatch: pytest.MonkeyPatch, separator: str
) -> None:
    monkeypatch.setattr(parser, "_parse_part", None)

    with pytest.raises(TooManyParts) as raised:
        parse_people(f"x{separator}" * (MAX_PARTS + 1))

    assert raised.value.count == MAX_PARTS + 1


@pytest.mark.parametrize("name", ["PART", "WORD", "BULLET", "PHONE"])
def test_quantifiers_of_the_parser_never_backtrack(name: str) -> None:
    pattern = getattr(parser, name).pattern
    without_classes = re.sub(r"\[\^?\]?[^]]*\]", "C", pattern)
    quantifiers = re.findall(r"(?<!\()[*+?]+|\{[^}]*\}\+?", without_classes)

    assert quantifiers
    assert all(quantifier.endswith("+") and len(quantifier) > 1 for quantifier in quantifiers)
