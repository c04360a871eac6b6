"""Only a whole name, an e-mail or a phone number is a match. All other texts are questions."""

import re
from unicodedata import normalize

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purchases.cancelled_class.matching import Matched, match
from purchases.cancelled_class.parser import parse_people
from purchases.models import Org
from tests.cancelled_class.pages import boxes, paste_names, problems_on, ticked
from tests.factories import make_client, make_offer, make_purchase

ANA = {"name": "Ana Ruiz", "email": "ana@example.com", "phone": "0412 345 678"}


def make_clients(org: Org, *clients: dict[str, str]) -> None:
    """Create clients, each with a pack that can be reinstated."""
    offer = make_offer(org=org)
    for client in clients:
        make_purchase(org=org, client=make_client(org=org, **client), offer=offer)


def named(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def matched(org: Org, text: str) -> Matched:
    found = match(org_id=org.pk, named=parse_people(text), q="", ticked=[])
    found.tick([], shown=set())
    return found


def ticked_names(found: Matched) -> list[str]:
    return sorted(pack.purchase.client.full_name for pack in found.ticked)


def questions(found: Matched) -> dict[str, list[str]]:
    """Return the pasted texts that are questions, with the names of their clients."""
    return {
        each.text: [person.client.full_name for person in each.people] for each in found.questions
    }


@pytest.mark.parametrize(
    "pasted",
    [
        "Ana Ruiz",
        "ana ruiz",
        "ANA RUIZ",
        "Aná  Ruíz",
        "Ruiz Ana",
        "Ruiz, Ana",
        "RUIZ, ana",
        '"Ruiz, Ana"',
        "Ana Ruiz;",
        "3. Ana Ruiz",
        "3) Ana Ruiz",
        "3.Ana Ruiz",
        "• Ana Ruiz",
        "[x] Ana Ruiz",
        "\u200eAna Ruiz\ufeff",
        "3. Ana Ruiz 0412 345 678",
        "Ana Ruiz - 0412 345 678",
        "Ana Ruiz (0412 345 678)",
        "0412 345 678 Ana Ruiz",
        "Ana Ruiz <ana@example.com>",
        "Ruiz, Ana <ana@example.com>",
        "Ana Ruiz <mailto:ana@example.com>",
        "Ana Ruiz\tana@example.com\t0412 345 678",
        "Ana Ruiz, ana@example.com, 0412 345 678",
        "ana@example.com",
        "0412 345 678",
        "+61 412 345 678",
        "0061 (0)412-345-678",
        "412345678",
        "Pepa <ana@example.com>",
        "Pepa 0412 345 678",
    ],
)
def test_whole_name_email_or_phone_is_a_match(northside: Org, pasted: str) -> None:
    make_clients(northside, ANA, *named("Anabel Ruizmartin", "Bo Ruiz"))

    found = matched(northside, pasted)

    assert ticked_names(found) == ["Ana Ruiz"]
    assert not found.has_problems


@pytest.mark.parametrize(
    ("clients", "pasted", "asked"),
    [
        (named("Marisola Quimbysen"), "Mari Quimby", ["Marisola Quimbysen"]),
        (named("Marisola Quimbysen"), "Mari Quimbysen", ["Marisola Quimbysen"]),
        (named("Marisola Quimbysen"), "Marisola Quimbyse", ["Marisola Quimbysen"]),
        (named("Marisola Quimbysen"), "Marisola", ["Marisola Quimbysen"]),
        (named("Marisola Quimbysen"), "Quimbysen", ["Marisola Quimbysen"]),
        (named("Marisola Quimbysen"), "Quimby, Mari", ["Marisola Quimbysen"]),
        (named("Marisola Quimbysen"), "3. Mari Quimby", ["Marisola Quimbysen"]),
        (named("Ana Maria Ruiz"), "Ana Ruiz", ["Ana Maria Ruiz"]),
        (named("Ana Ruiz"), "Ana Ruiz Lopez", ["Ana Ruiz"]),
        (named("Ana Ruiz"), "Ana Ruiz, late", ["Ana Ruiz"]),
        (named("Ana Ruiz"), "Ana Ruiz checked in at 18:00", ["Ana Ruiz"]),
        (named("Ana Ruiz", "ANA RUÍZ"), "Ana Ruiz", ["ANA RUÍZ", "Ana Ruiz"]),
        (named("Ana Ruiz", "Ruiz Ana"), "Ruiz, Ana", ["Ana Ruiz", "Ruiz Ana"]),
        ([ANA], "Ana", ["Ana Ruiz"]),
        ([ANA], "345 678", ["Ana Ruiz"]),
        ([ANA], "0412 345", ["Ana Ruiz"]),
        ([ANA], "0412 345 6", ["Ana Ruiz"]),
        ([ANA], "Ana Ruiz 0499 999 999", ["Ana Ruiz"]),
        ([ANA], "Ana Ruiz <old@example.com>", ["Ana Ruiz"]),
        ([ANA], "ana@example", []),
        ([ANA], "na@example.com", []),
    ],
)
def test_all_other_texts_are_questions(
    northside: Org, clients: list[dict[str, str]], pasted: str, asked: list[str]
) -> None:
    make_clients(northside, *clients)

    found = matched(northside, pasted)

    assert ticked_names(found) == []
    people = [name for names in questions(found).values() for name in names]
    assert sorted(people) == asked


def test_family_name_and_given_name_of_other_people_are_a_question(northside: Org) -> None:
    make_clients(northside, *named("Restrup", "Bolivar Ng", "Bolivara Restrupsen"))

    found = matched(northside, "Restrup, Bolivar")

    assert ticked_names(found) == []
    assert set(questions(found)) == {"Restrup", "Bolivar"}


def test_two_names_between_commas_are_two_people(northside: Org) -> None:
    make_clients(northside, *named("Ana Ruiz", "Zoë Ng", "Madonna", "Bo"))

    assert ticked_names(matched(northside, "Ana Ruiz, Zoë Ng")) == ["Ana Ruiz", "Zoë Ng"]
    assert ticked_names(matched(northside, "Madonna, Bo")) == ["Bo", "Madonna"]
    assert ticked_names(matched(northside, "Ruiz, Ana; Ng, Zoë")) == ["Ana Ruiz", "Zoë Ng"]


def test_one_name_or_two_is_a_question(northside: Org) -> None:
    make_clients(northside, *named("Bo Madonna", "Madonna", "Bo"))

    found = matched(northside, "Madonna, Bo")

    assert ticked_names(found) == []
    assert questions(found) == {"Madonna, Bo": ["Bo Madonna", "Madonna", "Bo"]}


def test_email_of_one_client_and_name_of_another_are_a_question(northside: Org) -> None:
    make_clients(northside, {"name": "Ana Ruiz", "email": "ruiz@example.com"}, *named("Leo Ruiz"))

    found = matched(northside, "Leo Ruiz <ruiz@example.com>")

    assert ticked_names(found) == []
    assert questions(found) == {"Leo Ruiz <ruiz@example.com>": ["Ana Ruiz", "Leo Ruiz"]}


def test_shared_email_and_whole_name_are_a_match(northside: Org) -> None:
    shared = {"email": "ruiz@example.com", "phone": "0412 345 678"}
    make_clients(northside, {"name": "Ana Ruiz"} | shared, {"name": "Leo Ruiz"} | shared)

    assert ticked_names(matched(northside, "Ana Ruiz <ruiz@example.com>")) == ["Ana Ruiz"]
    assert ticked_names(matched(northside, "Leo Ruiz 0412 345 678")) == ["Leo Ruiz"]
    for pasted in ("Ana <ruiz@example.com>", "ruiz@example.com", "0412 345 678"):
        assert ticked_names(matched(northside, pasted)) == []


def test_email_or_phone_picks_one_of_many_of_the_same_name(northside: Org) -> None:
    others = [ANA | {"email": f"ana{n}@example.com", "phone": f"04 9999 00{n}"} for n in range(60)]
    make_clients(northside, *others)

    assert len(matched(northside, "Ana Ruiz <ana59@example.com>").ticked) == 1
    assert len(matched(northside, "Ana Ruiz 04 9999 0059").ticked) == 1
    found = matched(northside, "Ana Ruiz")
    assert found.ticked == []
    assert found.questions[0].more


def test_email_with_other_punctuation_is_not_the_same(northside: Org) -> None:
    make_clients(northside, {"name": "Ana O'Brien", "email": "o'brien@example.com"})

    assert ticked_names(matched(northside, "obrien@example.com")) == []


def test_question_shows_the_pasted_words(northside: Org, desk: Client) -> None:
    make_clients(northside, *named("Marisola Quimbysen"))

    page = paste_names(desk, "Mari Quimby")

    assert ticked(page) == []
    assert len(boxes(page)) == 1
    assert "“Mari Quimby”: tick the right person" in problems_on(page)
    assert "No client has this whole name. Similar names:" in problems_on(page)


# --- Generated names -------------------------------------------------------------------------

WORDS = [
    "Ana",
    "Anabel",
    "Mari",
    "Marisola",
    "Quimby",
    "Quimbysen",
    "Jo",
    "José",
    "O'Brien",
    "Li-Ng",
]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)


def whole_name(name: str) -> list[str]:
    """Return the words of a name in a form that two spellings of it share."""
    folded = re.sub("['’\u0300-\u036f]", "", normalize("NFKD", name)).lower()
    return sorted(re.findall(r"\w+", folded))


def beginnings(name: str) -> list[str]:
    """Return each proper prefix of a name, also with its last word first."""
    prefixes = [name[:length] for length in range(1, len(name))]
    given, _, family = name.rpartition(" ")
    if given:
        prefixes += [f"{family[:length]}, {given}" for length in range(1, len(family))]
        prefixes += [f"{family}, {given[:length]}" for length in range(1, len(given))]
    return prefixes


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(NAMES, min_size=1, max_size=5, unique_by=lambda name: str(whole_name(name))))
def test_no_prefix_of_a_name_is_ticked(northside: Org, names: list[str]) -> None:
    whole = [whole_name(name) for name in names]
    cut = [
        pasted
        for pasted in dict.fromkeys(prefix for name in names for prefix in beginnings(name))
        if whole_name(pasted) not in whole
        and not all(whole_name(half) in whole for half in pasted.split(", "))
    ]
    with transaction.atomic():
        make_clients(northside, *named(*names))
        assert ticked_names(matched(northside, "\n".join(cut))) == []
        assert ticked_names(matched(northside, "\n".join(names))) == sorted(names)
        transaction.set_rollback(True)
