"""Spellings that the search takes as equal, and the search for mistyped words."""

from uuid import uuid4

import pytest
from django.test import Client

from purchases.models import Org
from purchases.queries import find_clients, search_words
from purchases.queries.near_misses import SPELLINGS, near_misses, spellings
from purchases.queries.search import INVISIBLE, SPLIT
from tests.database import rows
from tests.factories import make_client
from tests.pages import LIST, words_on


def names_found(org: Org, q: str) -> list[str]:
    return [client.full_name for client in find_clients(org_id=org.pk, q=q, but=uuid4()).clients]


INVISIBLE_CHARACTERS = [
    "\u00ad", "\u061c", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e",
    "\u2060", "\u2066", "\u2069", "\ufe0f", "\ufeff",
]  # fmt: skip


@pytest.mark.parametrize("character", INVISIBLE_CHARACTERS, ids=ascii)
def test_a_character_that_nobody_sees_changes_no_search(northside: Org, character: str) -> None:
    seen = make_client(org=northside, name="Quixby Vorn", phone="0412 345 678")
    unseen = make_client(org=northside, name=f"{character}Quix{character}by Vorn{character}")

    for typed in ["quixby", f"{character}quixby", f"qui{character}x", f"vorn{character}"]:
        found = names_found(northside, typed)
        assert sorted(found) == sorted([seen.full_name, unseen.full_name]), ascii(typed)
    copied = f"{character}0412 345 678{character}"
    assert names_found(northside, copied) == [seen.full_name]
    assert search_words(character) == []


SPLIT_CHARACTERS = '.,;:/_&()"“”„‟«»‹›[]{}|*+\u2010\u2011‒–—―،、・-'


@pytest.mark.parametrize("character", SPLIT_CHARACTERS)
def test_punctuation_splits_a_name_and_a_search(northside: Org, character: str) -> None:
    """PostgreSQL splits the name and Python the search, so each has a list of the characters."""
    make_client(org=northside, name=f"Ana {character}Quixby{character}Vorn{character}")

    typed = ["quixby", "vorn", f"{character}quixby{character}vorn", f"ana {character}vorn"]
    for q in typed:
        assert len(names_found(northside, q)) == 1, q
    assert SPLIT.fullmatch(character)


@pytest.mark.parametrize("space", ["\u00a0", "\u2007", "\u2009", "\u202f", "\u3000"], ids=ascii)
def test_every_space_splits_a_name_and_a_search(northside: Org, space: str) -> None:
    make_client(org=northside, name=f"Quixby{space}Vorn")

    assert len(names_found(northside, "vorn")) == 1
    assert len(names_found(northside, f"vorn{space}quixby")) == 1


# Each group has spellings of one name.
SPELLED = [
    ["أحمد الفورن", "احمد الفورن", "أَحْمَد الفورن", "أحـمد الفورن", "ٱحمد الفورن"],
    ["إيمان", "ايمان"],
    ["علاء", "علا"],
    ["فاطمة", "فاطمه"],
    ["علی کریمی", "علي كريمي"],
    ["ليلى", "ليلي"],
    ["שָׁלוֹם", "שלום"],
    ["ג׳ורג׳", "ג'ורג'", "גורג"],
    ["Müller", "Mueller", "MÜLLER", "Mu\u0308ller"],
    ["Jörg Köhler", "Joerg Koehler"],
    ["Jäger", "Jaeger"],
    ["Weiß", "Weiss", "WEIẞ"],
    ["Søren", "Soeren"],
    ["Mc Donald", "McDonald", "mcdonald"],
    ["Mac Kenzie", "MacKenzie"],
    ["O Brien", "O'Brien", "O’Brien"],
    ["[Nick] Vorn", "Nick Vorn", "«Nick» Vorn", "*Nick Vorn", "<Nick> Vorn"],
    ["Anne\u2010Marie", "Anne\u2011Marie", "Anne-Marie", "Anne Marie"],
]


@pytest.mark.parametrize("names", SPELLED, ids=lambda names: names[0])
def test_every_spelling_of_a_name_finds_every_other(northside: Org, names: list[str]) -> None:
    if rows("SELECT lower('Ж')") != [("ж",)]:
        names = [name for name in names if name.isascii() or name.casefold() == name]
    for name in names:
        make_client(org=northside, name=name)
    make_client(org=northside, name="Xaver Xx")

    for typed in names:
        assert sorted(names_found(northside, typed)) == sorted(names), typed


def test_a_name_without_an_umlaut_is_found_as_before(northside: Org) -> None:
    """The letters "oe" stay two letters: “joe” does not find John."""
    for name in ["Joe Lee", "John Lee", "Sue Lee", "Suzanne Lee"]:
        make_client(org=northside, name=name)

    assert names_found(northside, "joe") == ["Joe Lee"]
    assert names_found(northside, "sue") == ["Sue Lee"]


@pytest.mark.parametrize(
    "typed",
    [
        "Mob: 0412 345 678",
        "Mobile 0412 345 678",
        "tel:+61412345678",
        "Tel. +61 412 345 678",
        "m 0412 345 678",
        "\u202a+61 412 345 678\u202c",
        "0412\u2011345\u2011678",
        "+61\u00a0412\u00a0345\u00a0678",
    ],
)
def test_a_copied_phone_number_is_found(northside: Org, typed: str) -> None:
    make_client(org=northside, name="Customer", phone="0412 345 678")

    assert names_found(northside, typed) == ["Customer"]


def test_a_letter_with_a_few_digits_is_a_name_and_a_phone_number(northside: Org) -> None:
    make_client(org=northside, name="Tom Lee", phone="0412 345 678")
    make_client(org=northside, name="Bo Lee", phone="0412 345 678")

    assert names_found(northside, "t 678") == ["Tom Lee"]


@pytest.mark.parametrize(
    "typed",
    ["ana@example.com.", "<ana@example.com>", "mailto:ana@example.com", "(ana@example.com)"],
)
def test_a_copied_email_is_found(northside: Org, typed: str) -> None:
    make_client(org=northside, name="Customer", email="ana@example.com")

    assert names_found(northside, typed) == ["Customer"]


@pytest.mark.parametrize(
    "stored",
    [
        "ana@example.com; work@example.org",
        "work@example.org, ana@example.com.",
        "<ana@example.com> work@example.org",
        "work@example.org|ana@example.com",
    ],
)
def test_each_address_of_an_email_field_is_found(northside: Org, stored: str) -> None:
    make_client(org=northside, name="Customer", email=stored)

    for typed in ["ana@example.com", "work@example.org", "ana", "work"]:
        assert names_found(northside, typed) == ["Customer"], typed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("grcae", "Grace Vorn"),
        ("garce", "Grace Vorn"),
        ("gracce", "Grace Vorn"),
        ("graace vorn", "Grace Vorn"),
        ("grace vron", "Grace Vorn"),
        ("obryan", "O. Bryan"),
        ("o brienna", "Obrienna Sol"),
        ("macivor", "Mac Ivor"),
        ("anne marie", "Annemarie Sol"),
    ],
)
def test_a_mistyped_name_is_found_if_nobody_else_is(
    northside: Org, southside: Org, typed: str, expected: str
) -> None:
    clients = {}
    for name in ["Grace Vorn", "O. Bryan", "Obrienna Sol", "Mac Ivor", "Annemarie Sol", "Xu Xx"]:
        clients[make_client(org=northside, name=name).pk] = name
        make_client(org=southside, name=name)

    found = names_found(northside, typed)
    if not found:
        found = [clients[pk] for pk in near_misses(northside.pk, search_words(typed))]
    assert found == [expected]


@pytest.mark.parametrize("typed", ["ana@exmaple.com", "0412345687", "x", "xyz"])
def test_an_email_a_number_or_a_short_word_is_not_spelled_differently(
    northside: Org, typed: str
) -> None:
    make_client(org=northside, name="Ana Ruiz", email="ana@example.com", phone="0412345678")

    assert list(spellings(search_words(typed))) == []
    assert near_misses(northside.pk, search_words(typed)) == []


def test_the_number_of_spellings_is_limited() -> None:
    words = ["abcdefghijklmnopqrstuvwxyz"[n:] for n in range(20)]

    assert len(list(spellings(words))) == SPELLINGS
    assert list(spellings(["a" * 31])) == []


@pytest.mark.django_db
def test_no_invisible_character_is_a_letter() -> None:
    """Python removes what PostgreSQL removes, and nothing that has a shape."""
    removed = [chr(code) for code in range(0x10000) if INVISIBLE.match(chr(code))]
    assert {*INVISIBLE_CHARACTERS} <= {*removed}
    folded = rows("SELECT fold_for_search(c) FROM unnest(%s::text[]) AS c", removed)
    assert {text for (text,) in folded} == {""}


def test_the_desk_shows_similar_clients_if_nobody_matches(northside: Org, desk: Client) -> None:
    make_client(org=northside, name="Grace Vorn")
    make_client(org=northside, name="Xu Xx")

    page = words_on(desk.get(LIST, {"q": "grcae"}))
    assert "Nobody matches exactly. Did you mean:" in page
    assert "Grace Vorn" in page
    assert "Add Grcae …" in page, "the new client may only resemble a known one"
    assert "Xu Xx" not in page
    assert "Did you mean" not in words_on(desk.get(LIST, {"q": "grace"}))
    assert "No clients found for “quixby”." in words_on(desk.get(LIST, {"q": "quixby"}))
