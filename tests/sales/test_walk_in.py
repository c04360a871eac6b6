"""Sell to a new client: client and purchase are added in one transaction by one request."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Client as Buyer
from purchases.models import ClientEvent, Offer, Org, Purchase
from studio.models import User
from tests.factories import make_client
from tests.pages import html_of, note_on, words_on
from tests.sales.selling import sale_page, sell, value_of

WILLA: dict[str, Any] = {
    "full_name": "Willa Park",
    "email": "willa@example.com",
    "phone": "+61 412 344 417",
}


def test_a_new_client_gets_the_pack(seller: Client, offer: Offer, northside: Org) -> None:
    answer = sell(seller, offer, **WILLA)

    willa = Buyer.objects.get()
    assert (willa.org, willa.full_name) == (northside, "Willa Park")
    assert (willa.email, willa.phone) == ("willa@example.com", "+61 412 344 417")
    assert Purchase.objects.get().client == willa
    assert answer["Location"] == reverse("purchases:client_detail", args=[willa.pk])
    assert "10-class pack sold to Willa Park." in note_on(seller.get(answer["Location"]))
    assert "Willa Park" in words_on(seller.get(reverse("purchases:purchase_list"), {"q": "willa"}))


def test_e_mail_and_phone_are_optional(seller: Client, offer: Offer) -> None:
    sell(seller, offer, full_name="Willa Park")

    willa = Buyer.objects.get()
    assert (willa.email, willa.phone) == (None, None)


def test_the_same_request_adds_one_client(seller: Client, offer: Offer) -> None:
    request_id = uuid4()

    answers = [sell(seller, offer, **WILLA, request_id=request_id) for _ in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert (Buyer.objects.count(), Purchase.objects.count()) == (1, 1)


def test_a_refused_sale_adds_no_client(seller: Client, offer: Offer) -> None:
    Offer.objects.update(is_active=False)

    assert sell(seller, offer, **WILLA).status_code == 409

    assert not Buyer.objects.exists()


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"full_name": ""}, "Choose a client, or type the name of a new one."),
        ({"email": "willa"}, "Write an e-mail address, as in ana@example.com"),
        ({"full_name": "a\u202eb"}, "Remove the unusual character and try again."),
        ({"phone": "x" * 201}, "Shorten this: 200 characters at most."),
    ],
)
def test_a_refused_client_is_not_added(
    seller: Client, offer: Offer, fields: dict[str, str], problem: str
) -> None:
    answer = sell(seller, offer, **WILLA | fields)

    assert answer.status_code == 400
    assert problem in words_on(answer)
    assert "email" in fields or value_of(answer, "email") == "willa@example.com"
    assert not Buyer.objects.exists()


@pytest.mark.parametrize(
    ("q", "field"),
    [("Willa Park", "full_name"), ("willa@example.com", "email"), ("+61 412 34", "phone")],
)
def test_a_search_without_a_match_fills_the_new_client(
    seller: Client, offer: Offer, q: str, field: str
) -> None:
    page = sale_page(seller, q=q)

    assert f"No client with “{q}”. Sell to a new client below." in words_on(page)
    assert value_of(page, field) == q


def test_the_client_is_added_in_the_name_of_the_seller(
    seller: Client, offer: Offer, mia: User
) -> None:
    sell(seller, offer, **WILLA)

    event = ClientEvent.objects.get()
    assert event.kind == "added"
    assert event.request is not None
    assert event.request.actor == mia


def test_a_client_who_exists_is_shown_before_a_new_one_is_added(
    seller: Client, offer: Offer, northside: Org
) -> None:
    willa = make_client(org=northside, name="Willa Park", phone="0412 000 111")

    refused = sell(seller, offer, **WILLA)

    assert refused.status_code == 409
    assert "A client like this exists. Nothing was added yet." in words_on(refused)
    assert f"client={willa.pk}" in html_of(refused)
    assert value_of(refused, "full_name") == "Willa Park"
    assert Buyer.objects.count() == 1
    assert not Purchase.objects.exists()

    sell(seller, offer, **WILLA, anyway="1")

    assert Buyer.objects.count() == 2
    assert Purchase.objects.get().client != willa


def test_a_retry_of_a_sale_is_not_taken_for_another_client(seller: Client, offer: Offer) -> None:
    request_id = uuid4()
    answers = [sell(seller, offer, **WILLA, request_id=request_id) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
