import pytest

from purchases import invariants
from purchases.models import Org, Purchase
from tests.factories import make_client, make_purchase


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, client=make_client(org=northside, name="Zoë Li"), used=3)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "BATCH", 3)
