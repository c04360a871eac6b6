import pytest
from django.test import Client

from purchases.models import Org
from studio.models import User
from tests.conftest import SignIn
from tests.several_studios.people import make_tara


@pytest.fixture
def tara(northside: Org, southside: Org) -> User:
    return make_tara(northside, southside)


@pytest.fixture
def hers(tara: User, signed_in: SignIn) -> Client:
    """Tara's browser, in which Northside Pilates is open."""
    return signed_in(tara)
