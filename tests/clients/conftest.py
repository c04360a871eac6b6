"""Fixtures: Ana Ruiz, a client of Northside, and the browsers of an owner and of the accountant."""

import pytest
from django.test import Client as Browser

from purchases.models import Client, Org
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_client


@pytest.fixture
def ana(northside: Org) -> Client:
    return make_client(
        org=northside, name="Ana Ruiz", email="ana@example.com", phone="0412 345 678"
    )


@pytest.fixture
def owner(signed_in: SignIn, olivia: User) -> Browser:
    return signed_in(olivia)


@pytest.fixture
def accountant(signed_in: SignIn, ada: User) -> Browser:
    return signed_in(ada)
