"""Empty lists explain themselves and offer a next step."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_client, make_purchase
from tests.pages import LIST, NO_PURCHASES, html_of, rows_on, words_on

STATES = [state for state in Purchase.State if state != Purchase.State.ALL]


@pytest.mark.parametrize("username", ["mia", "olivia"])
def test_a_studio_without_purchases_offers_to_sell(
    northside: Org, mia: User, olivia: User, signed_in: SignIn, username: str
) -> None:
    browser = signed_in(User.objects.get(username=username))

    page = browser.get(LIST)

    assert "No purchases yet." in words_on(page)
    link = re.search(r'main" href="([^"]*)">Sell</a>', html_of(page))
    assert link
    assert browser.get(link[1]).status_code == 200


def test_an_accountant_without_purchases_is_offered_no_sale(
    northside: Org, ada: User, signed_in: SignIn
) -> None:
    html = html_of(signed_in(ada).get(LIST))

    assert "No purchases yet." in html
    assert "/sell/" not in html


@pytest.mark.parametrize("state", STATES)
def test_an_empty_filter_links_to_all_purchases(
    northside: Org, desk: Client, state: Purchase.State
) -> None:
    response = desk.get(LIST, {"state": state})

    assert NO_PURCHASES[state] in words_on(response)
    assert "Show all purchases" in words_on(response)


@pytest.mark.parametrize(
    ("query", "label", "target"),
    [
        ({"q": "zzz"}, "Clear the search", "?"),
        ({"q": "zzz", "state": "expired"}, "Search all clients", "?q=zzz"),
    ],
)
def test_a_search_without_results_links_to_a_wider_search(
    northside: Org, desk: Client, query: dict[str, str], label: str, target: str
) -> None:
    make_purchase(org=northside)

    html = html_of(desk.get(LIST, query))

    link = re.search(rf'href="([^"]*)">{label}</a>', html)
    assert link
    assert link[1] == target


def test_the_page_of_a_client_without_purchases_links_to_the_desk(
    northside: Org, desk: Client
) -> None:
    response = desk.get(reverse("purchases:client_detail", args=[make_client(org=northside).pk]))

    assert rows_on(response) == []
    assert "Nothing bought yet." in words_on(response)
    assert f'href="{LIST}">Back to the desk</a>' in html_of(response)


def test_the_cancelled_class_page_has_no_lists_at_first(northside: Org, desk: Client) -> None:
    text = words_on(desk.get(reverse("purchases:cancelled_class")))

    assert "You check the list first." in text
    assert "Lists of the last week" not in text
