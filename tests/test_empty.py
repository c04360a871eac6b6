"""A list with nothing in it says so kindly, and says what to do next."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from tests.factories import make_client, make_purchase
from tests.pages import LIST, html_of, rows_on, words_on

STATES = [state for state in Purchase.State if state != Purchase.State.ALL]


def test_a_new_studio_learns_where_purchases_come_from(northside: Org, desk: Client) -> None:
    says = words_on(desk.get(LIST))

    assert "No purchases yet." in says
    assert "An owner can add the first one under Admin." in says


@pytest.mark.parametrize("state", STATES)
def test_an_empty_state_leads_to_all_purchases(
    northside: Org, desk: Client, state: Purchase.State
) -> None:
    response = desk.get(LIST, {"state": state})

    assert f"No purchase is {state.label.lower()}." in words_on(response)
    assert "Show all purchases" in words_on(response)


@pytest.mark.parametrize(
    ("asked", "way_out", "leads_to"),
    [
        ({"q": "zzz"}, "Clear the search", "?"),
        ({"q": "zzz", "state": "expired"}, "Search all purchases", "?q=zzz"),
    ],
)
def test_a_search_that_found_nobody_has_a_way_out(
    northside: Org, desk: Client, asked: dict[str, str], way_out: str, leads_to: str
) -> None:
    make_purchase(org=northside)

    html = html_of(desk.get(LIST, asked))

    link = re.search(rf'href="([^"]*)">{way_out}</a>', html)
    assert link
    assert link[1] == leads_to


def test_a_client_who_bought_nothing_leads_back_to_the_desk(northside: Org, desk: Client) -> None:
    response = desk.get(reverse("purchases:client_detail", args=[make_client(org=northside).pk]))

    assert rows_on(response) == []
    assert "Nothing bought yet." in words_on(response)
    assert f'href="{LIST}">Back to the desk</a>' in html_of(response)


def test_a_first_press_finds_no_list_of_cancelled_classes(northside: Org, desk: Client) -> None:
    says = words_on(desk.get(reverse("purchases:cancelled_class")))

    assert "You check the list first." in says
    assert "Lists of the last week" not in says
