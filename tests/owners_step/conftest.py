import pytest

from purchases.models import Org, Purchase
from tests.allowances.limits import allow
from tests.factories import make_purchase


@pytest.fixture
def pack(northside: Org) -> Purchase:
    """Of a client to whom no more late cancel is forgiven."""
    allow(northside, 0)
    return make_purchase(org=northside, used=3)
