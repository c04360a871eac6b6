import pytest
from django.utils import timezone

from purchases.models import Org, Purchase
from tests.factories import make_purchase
from tests.purchase_kinds import DAY


@pytest.fixture
def pack(northside: Org) -> Purchase:
    """A pack that expires in five days."""
    return make_purchase(org=northside, expires_at=timezone.now() + 5 * DAY)


@pytest.fixture
def expired(northside: Org) -> Purchase:
    return make_purchase(org=northside, expires_at=timezone.now() - 20 * DAY)
