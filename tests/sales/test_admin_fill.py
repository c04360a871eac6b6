"""The admin's form of a purchase takes empty fields from the offer."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Client as Buyer
from purchases.models import Offer, Purchase
from studio.models import User
from tests.admin_forms import ADD_PURCHASE
from tests.conftest import SignIn
from tests.sales.conftest import SYDNEY
from tests.sales.test_sell import end_of


@pytest.fixture
def admin(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


def add(admin: Client, offer: Offer, ana: Buyer, today: datetime, **fields: str) -> Purchase:
    form = {
        "client": ana.pk,
        "offer": offer.pk,
        "amount_paid_cents": "",
        "currency": "aud",
        "payment_status": "succeeded",
        "payment_method": "",
        "sessions_total": "",
        "purchased_at_0": f"{today:%Y-%m-%d}",
        "purchased_at_1": "00:00:01",
        "expires_at_0": "",
        "expires_at_1": "",
    }
    answer = admin.post(ADD_PURCHASE, form | fields)
    assert answer.status_code == 302, answer.text
    return Purchase.objects.get()


def test_empty_fields_are_those_of_the_offer(
    admin: Client, offer: Offer, ana: Buyer, today: datetime
) -> None:
    Offer.objects.update(currency="nzd")

    purchase = add(admin, offer, ana, today)

    assert (purchase.amount_paid_cents, purchase.currency) == (18000, "nzd")
    assert purchase.sessions_total == 11
    bought_on = purchase.purchased_at.astimezone(SYDNEY).date()
    assert purchase.expires_at == end_of(bought_on + timedelta(days=90))


def test_a_filled_field_stays(admin: Client, offer: Offer, ana: Buyer, today: datetime) -> None:
    purchase = add(admin, offer, ana, today, amount_paid_cents="0", sessions_total="3")

    assert (purchase.amount_paid_cents, purchase.currency) == (0, "aud")
    assert purchase.sessions_total == 3


def test_the_form_leads_to_the_page_that_sells(admin: Client, offer: Offer) -> None:
    assert f'<a href="{reverse("purchases:sell")}">' in admin.get(ADD_PURCHASE).text
