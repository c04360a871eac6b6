"""Fixtures: the browsers of an owner and of the staff."""

import pytest
from django.test import Client

from studio.models import User
from tests.conftest import SignIn


@pytest.fixture
def owner(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


@pytest.fixture
def staff(signed_in: SignIn, mia: User) -> Client:
    return signed_in(mia)
