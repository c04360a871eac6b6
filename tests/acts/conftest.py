"""Fixtures: a pack of Ana Ruiz, and the browsers of an owner and of the accountant."""

import pytest
from django.test import Client

from purchases.models import Client as Buyer
from purchases.models import Org, Purchase
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_client, make_purchase


@pytest.fixture
def pack(northside: Org) -> Purchase:
    """Return a paid pack with 3 of 10 sessions used."""
    return make_purchase(org=northside, client=make_client(org=northside, name="Ana Ruiz"))


@pytest.fixture
def ben(northside: Org) -> Buyer:
    return make_client(org=northside, name="Ben Ode", email="ben@example.com")


@pytest.fixture
def owner(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


@pytest.fixture
def accountant(signed_in: SignIn, ada: User) -> Client:
    return signed_in(ada)
