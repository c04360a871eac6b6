import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.models import User
from tests.factories import PASSWORD, make_client, make_purchase, make_user
from tests.shared_desk.people import give_pin, lock_after


@pytest.fixture
def noah(northside: Org) -> User:
    return make_user(username="noah", org=northside)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, client=make_client(org=northside, name="Bernadette Quil"))


@pytest.fixture
def shared(mia: User, noah: User, olivia: User, ada: User, desk: Client) -> Client:
    """The browser of a shared desk. Mia signed in; four members have a PIN."""
    for user in (mia, noah, olivia, ada):
        give_pin(user)
    return desk


@pytest.fixture
def locking(northside: Org, mia: User, olivia: User, pack: Purchase) -> Client:
    """The browser of a desk that locks after 5 minutes. Mia has just signed in."""
    lock_after(northside, 5)
    for user in (mia, olivia):
        give_pin(user)
    browser = Client()
    browser.post(reverse("login"), {"username": "mia", "password": PASSWORD})
    return browser
