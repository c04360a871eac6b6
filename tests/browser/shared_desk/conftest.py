import pytest

from purchases.models import Org, Purchase
from studio.models import User
from tests.factories import make_client, make_purchase, make_user
from tests.shared_desk.people import give_pin


@pytest.fixture
def noah(northside: Org, mia: User) -> User:
    """The user Noah. Mia and Noah each have a PIN."""
    noah = make_user(username="noah", org=northside)
    for user in (mia, noah):
        give_pin(user)
    return noah


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, client=make_client(org=northside, name="Bernadette Quil"))
