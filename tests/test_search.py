"""The desk's search: queries and the clients that they find."""

from uuid import UUID

import pytest
from django.test import Client

from purchases.models import Org
from tests.factories import make_client, make_purchase
from tests.pages import LIST, html_of, rows_on, words_on
from tests.purchase_kinds import make_pack

# name: (e-mail, phone)
CLIENTS = {
    "José Álvarez": ("pepe@example.com", "+61 412 345 678"),
    "Ana Ruiz": ("ana.ruiz@example.com", "0498 765 432"),
    "Ana Romero": (None, None),
    "Mary O'Brien": ("mob@example.org", "(02) 9555 1234"),
    "Siân D’Angelo": ("", ""),
    "Anne-Marie Müller-Lüdenscheidt": (None, None),
    "Søren Weiß": (None, None),
    "Łukasz Żółć": (None, None),
    "Nguyễn Thị Hương": (None, None),
    "Ольга Петрова": (None, None),
    "李小龍": (None, None),
    "Cher": (None, None),
}


@pytest.fixture
def clients(northside: Org, southside: Org) -> dict[UUID, str]:
    """Create each client in both orgs; return name and org by the id of the purchase."""
    names = {}
    for name, (email, phone) in CLIENTS.items():
        for org in (northside, southside):
            client = make_client(org=org, name=name, email=email, phone=phone)
            names[make_purchase(org=org, client=client).pk] = f"{name}, {org}"
    return names


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("jose", "José Álvarez", id="without accents"),
        pytest.param("José", "José Álvarez", id="with accents"),
        pytest.param("jose\u0301", "José Álvarez", id="with the accent typed after the letter"),
        pytest.param("jösé", "José Álvarez", id="with other accents"),
        pytest.param("JOSE", "José Álvarez", id="in capitals"),
        pytest.param("alv", "José Álvarez", id="the beginning of another word"),
        pytest.param("ose", "", id="not the middle of a word"),
        pytest.param("álvarezz", "José Álvarez", id="a letter too many, if nobody matches"),
        pytest.param("ana", "Ana Ruiz; Ana Romero", id="several clients"),
        pytest.param("ana r", "Ana Ruiz; Ana Romero", id="a second word begun"),
        pytest.param("ana ro", "Ana Romero", id="a second word narrows"),
        pytest.param("ro ana", "Ana Romero", id="in any order"),
        pytest.param("  ana \t ro ", "Ana Romero", id="with space around"),
        pytest.param("ana jose", "", id="words of two clients"),
        pytest.param("ana ruiz ana.ruiz@example.com", "Ana Ruiz", id="name and e-mail"),
        pytest.param("ruiz 765", "Ana Ruiz", id="name and phone"),
        pytest.param("o'brien", "Mary O'Brien", id="apostrophe"),
        pytest.param("o’brien", "Mary O'Brien", id="another apostrophe"),
        pytest.param("obrien", "Mary O'Brien", id="apostrophe left out"),
        pytest.param("brien", "Mary O'Brien", id="what follows the apostrophe"),
        pytest.param("d'ang", "Siân D’Angelo", id="a plain apostrophe for a curly one"),
        pytest.param("anne-marie", "Anne-Marie Müller-Lüdenscheidt", id="hyphen"),
        pytest.param("anne marie", "Anne-Marie Müller-Lüdenscheidt", id="space for a hyphen"),
        pytest.param("marie lud", "Anne-Marie Müller-Lüdenscheidt", id="the parts of two"),
        pytest.param("soren", "Søren Weiß", id="ø"),
        pytest.param("weiss", "Søren Weiß", id="ß"),
        pytest.param("lukasz zol", "Łukasz Żółć", id="ł"),
        pytest.param("nguyen huong", "Nguyễn Thị Hương", id="two marks on a letter"),
        pytest.param("ольга", "Ольга Петрова", id="Cyrillic"),
        pytest.param("李", "李小龍", id="Chinese"),
        pytest.param("cher", "Cher", id="a name of one word"),
        pytest.param("pepe@example.com", "José Álvarez", id="e-mail"),
        pytest.param("PEPE@Exa", "José Álvarez", id="e-mail, begun, in any case"),
        pytest.param("ana.ruiz@", "Ana Ruiz", id="e-mail with a dot"),
        pytest.param("example.com", "", id="not the end of an e-mail"),
        pytest.param("+61 412 345 678", "José Álvarez", id="phone as it is written"),
        pytest.param("+61412345678", "José Álvarez", id="phone without spaces"),
        pytest.param("0412 345 678", "José Álvarez", id="phone with a zero for the country"),
        pytest.param("0412-345-678", "José Álvarez", id="phone with hyphens"),
        pytest.param("(0412) 345/678", "José Álvarez", id="phone with brackets"),
        pytest.param("0061 412 345 678", "José Álvarez", id="phone with zeros for a plus"),
        pytest.param("+61 498 765 432", "Ana Ruiz", id="a caller's number, stored with a zero"),
        pytest.param(
            "José Álvarez <pepe@example.com>", "José Álvarez", id="as a mail program has it"
        ),
        pytest.param("…5678", "José Álvarez", id="the end of a phone number as the desk shows it"),
        pytest.param("678", "José Álvarez", id="the end of a phone number"),
        pytest.param("5551", "Mary O'Brien", id="the middle of a phone number"),
        pytest.param("0298", "", id="digits of nobody"),
        pytest.param("%", "", id="percent"),
        pytest.param("a%z", "", id="percent within"),
        pytest.param("%na", "", id="percent before"),
        pytest.param("_na", "", id="underscore before"),
        pytest.param("c_er", "", id="underscore within"),
        pytest.param(r"\na", "", id="backslash"),
        pytest.param("' OR 1=1 --", "", id="SQL"),
        pytest.param("zzz", "", id="nobody"),
    ],
)
def test_a_query_finds_these_clients(
    clients: dict[UUID, str], desk: Client, typed: str, expected: str
) -> None:
    shown = [clients[row.purchase_id] for row in rows_on(desk.get(LIST, {"q": typed}))]

    assert sorted(shown) == sorted(
        f"{name}, Northside Pilates" for name in expected.split("; ") if name
    )


@pytest.mark.parametrize("typed", ["", " ", "\t"])
def test_an_empty_query_lists_all_purchases(
    clients: dict[UUID, str], desk: Client, typed: str
) -> None:
    assert len(rows_on(desk.get(LIST, {"q": typed}))) == len(CLIENTS)


@pytest.mark.parametrize("typed", ["'", "-", "( )"])
def test_a_query_of_punctuation_finds_no_client(
    clients: dict[UUID, str], desk: Client, typed: str
) -> None:
    page = desk.get(LIST, {"q": typed})

    assert rows_on(page) == []
    assert f"No clients found for “{typed}”." in words_on(page)


def test_every_purchase_of_a_client_is_listed_once(northside: Org, desk: Client) -> None:
    """A purchase is listed once even if a word of the name matches two words of the search."""
    client = make_client(org=northside, name="Ana Ananas", email="ana@example.com")
    bought = {make_purchase(org=northside, client=client).pk for _ in range(3)}

    shown = [row.purchase_id for row in rows_on(desk.get(LIST, {"q": "a an ana"}))]

    assert len(shown) == 3
    assert set(shown) == bought


def test_search_and_filter_are_combined(northside: Org, desk: Client) -> None:
    expired = make_pack(org=northside, kind="expired")
    make_pack(org=northside, kind="half used")
    make_pack(org=northside, kind="used up, expired")

    shown = [row.purchase_id for row in rows_on(desk.get(LIST, {"q": "exp", "state": "expired"}))]
    assert expired.pk in shown
    assert len(shown) == 2
    assert rows_on(desk.get(LIST, {"q": "half", "state": "expired"})) == []


def test_the_query_is_kept_in_the_input_and_in_the_filter_links(desk: Client) -> None:
    html = html_of(desk.get(LIST, {"q": 'o\'b & "c"'}))

    assert 'value="o&#x27;b &amp; &quot;c&quot;"' in html
    assert 'href="?q=o%27b+%26+%22c%22&amp;state=active"' in html


def test_a_search_without_results_has_a_message_with_hints(desk: Client) -> None:
    text = words_on(desk.get(LIST, {"q": "zzz <b>", "state": "expired"}))

    assert "No clients found for “zzz <b>” in “Expired”." in text
    assert "Type the beginning of a name" in text
    assert "Search all clients" in text


@pytest.mark.parametrize(
    "typed", ["a" * 100, "ä" * 100, "a " * 50, "1" * 100, "@" * 100, "\U0010ffff"]
)
def test_a_query_of_100_unusual_characters_is_200(northside: Org, desk: Client, typed: str) -> None:
    make_purchase(org=northside, client=make_client(org=northside, name=typed))

    assert desk.get(LIST, {"q": typed}).status_code == 200


def test_a_name_of_a_thousand_letters_is_found(northside: Org, desk: Client) -> None:
    client = make_client(org=northside, name="Wolfeschlegelsteinhausen" * 50)
    purchase = make_purchase(org=northside, client=client)

    for typed in ("wolfe", client.full_name[:100]):
        assert [row.purchase_id for row in rows_on(desk.get(LIST, {"q": typed}))] == [purchase.pk]
