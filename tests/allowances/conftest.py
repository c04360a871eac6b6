import pytest

from purchases.models import Org, Purchase
from tests.factories import make_purchase


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, used=3)
