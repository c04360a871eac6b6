"""The admin shows and reads amounts of money in the decimals of their currency."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Offer, Org, Purchase
from studio.models import User
from tests import admin_forms
from tests.admin_forms import ADD_PURCHASE
from tests.conftest import SignIn
from tests.factories import make_offer, make_purchase

OFFERS = "/admin/purchases/offer/"


@pytest.fixture
def admin(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


@pytest.fixture
def offer(northside: Org) -> Offer:
    offer = make_offer(org=northside)
    Offer.objects.update(price_cents=18000, currency="aud")
    offer.refresh_from_db()
    return offer


def change(admin: Client, offer: Offer, **changed: str) -> Any:
    """Post the form of the offer with these fields changed, and reload the offer."""
    url = reverse("admin:purchases_offer_change", args=[offer.pk])
    shown = admin.get(url).context["adminform"].form
    form = {
        "name": offer.name,
        "offer_type": offer.offer_type,
        "price_cents": shown["price_cents"].value(),
        "currency": offer.currency,
        "is_active": "true",
    }
    answer = admin.post(url, form | changed)
    offer.refresh_from_db()
    return answer


def test_the_form_shows_the_price_in_the_currency(admin: Client, offer: Offer) -> None:
    for currency, shown in [("aud", "180.00"), ("jpy", "18000"), ("kwd", "18.000")]:
        Offer.objects.update(currency=currency)
        page = admin.get(f"{OFFERS}{offer.pk}/change/").text
        assert f'name="price_cents" value="{shown}"' in page


@pytest.mark.parametrize(
    ("typed", "currency", "cents"),
    [
        *[("180", "aud", 18000), ("180.50", "aud", 18050), ("1,234.50", "aud", 123450)],
        *[("180,50", "eur", 18050), ("2500", "jpy", 2500), ("2.500", "kwd", 2500), ("0", "aud", 0)],
    ],
)
def test_a_typed_price_is_stored_in_minor_units(
    admin: Client, offer: Offer, typed: str, currency: str, cents: int
) -> None:
    assert change(admin, offer, price_cents=typed, currency=currency).status_code == 302
    assert (offer.price_cents, offer.currency) == (cents, currency)


def test_another_currency_keeps_the_typed_amount(admin: Client, offer: Offer) -> None:
    change(admin, offer, currency="jpy")
    assert (offer.price_cents, offer.currency) == (180, "jpy")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        *[
            (typed, "Type the price as a number, as in 180.00.")
            for typed in ("x", "1.8.0", "1.9999")
        ],
        *[(typed, "Type the price as a number, as in 180.00.") for typed in ("99999999999", "1e3")],
        ("-1", "Type a price of 0 or more."),
        ("", "This field is required."),
    ],
)
def test_other_prices_are_refused(admin: Client, offer: Offer, typed: str, problem: str) -> None:
    (message,) = admin_forms.errors(change(admin, offer, price_cents=typed))["price_cents"]
    assert message.startswith(problem)
    assert offer.price_cents == 18000


def test_an_odd_price_stays_if_another_field_changes(admin: Client, offer: Offer) -> None:
    Offer.objects.update(price_cents=-5)
    assert change(admin, offer, name="Odd pack").status_code == 302
    assert (offer.name, offer.price_cents) == ("Odd pack", -5)


def test_a_purchase_is_typed_in_the_decimals_of_its_currency(admin: Client, northside: Org) -> None:
    form = admin_forms.form_of(make_purchase(org=northside))
    amounts = {"aud": ("180.50", 18050), "jpy": ("2500", 2500)}
    for currency, (typed, cents) in amounts.items():
        admin.post(ADD_PURCHASE, form | {"amount_paid_cents": typed, "currency": currency})
        assert Purchase.objects.get(currency=currency, amount_paid_cents=cents)


def test_a_link_to_the_form_fills_in_an_amount(admin: Client, offer: Offer) -> None:
    page = admin.get(f"{ADD_PURCHASE}?amount_paid_cents=180.50")
    assert page.context["adminform"].form.initial["amount_paid_cents"] == "180.50"
    assert admin.get(f"{ADD_PURCHASE}?amount_paid_cents=x").status_code == 400


def test_lists_and_read_only_pages_show_money(
    signed_in: SignIn, olivia: User, mia: User, northside: Org
) -> None:
    purchase = make_purchase(org=northside)
    Offer.objects.update(price_cents=123456, currency="aud")
    Purchase.objects.update(amount_paid_cents=98765, currency="aud")
    pages = {
        OFFERS: "1,234.56 AUD",
        "/admin/purchases/purchase/": "987.65 AUD",
        f"/admin/purchases/purchase/{purchase.pk}/change/": "987.65 AUD",
    }
    for person in (olivia, mia):
        browser = signed_in(person)
        for url, shown in pages.items():
            page = browser.get(url).text
            assert shown in page
            assert "98765" not in page
    # Mia may only look at offers.
    page = browser.get(f"{OFFERS}{purchase.offer_id}/change/").text
    assert "1,234.56 AUD" in page
    assert "123456" not in page
