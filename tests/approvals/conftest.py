import pytest

from purchases.models import Org, Purchase
from tests.allowances.limits import allow
from tests.factories import make_purchase


@pytest.fixture
def pack(northside: Org) -> Purchase:
    """A pack whose org allows no late cancel, so that each reinstatement needs an owner."""
    allow(northside, 0)
    return make_purchase(org=northside, used=3)
