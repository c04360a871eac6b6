"""A large ledger is looked at batch by batch."""

import pytest
from pytest_django import DjangoAssertNumQueries

from purchases import invariants
from purchases.models import Org, Purchase
from tests.database import rows
from tests.factories import make_purchases
from tests.invariants.violations import found
from tests.ledger import unguarded

pytestmark = pytest.mark.breaks_the_ledger


@pytest.mark.parametrize("purchases", [2, 3, 4, 6, 7])
def test_no_purchase_falls_between_two_batches(
    northside: Org, small_batches: None, purchases: int
) -> None:
    packs = make_purchases(org=northside, count=purchases)
    gone = make_purchases(org=northside, count=3)
    with unguarded("client_purchases"):
        rows("UPDATE client_purchases SET sessions_used = 9")
        Purchase.objects.filter(pk__in=[pack.pk for pack in gone]).delete()

    assert sorted(line.split(",")[0] for line in found()) == sorted(
        str(pack.pk) for pack in packs + gone
    )


def test_a_batch_takes_as_many_queries_whatever_is_found(
    northside: Org, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_purchases(org=northside, count=30)
    with unguarded("client_purchases"):
        rows("UPDATE client_purchases SET sessions_used = 9")

    with django_assert_num_queries(11):
        # 1. how far the batch goes 2-10. one for each thing that can be wrong 11. the clients
        ((purchases, violations),) = list(invariants.check())
    assert (purchases, len(violations)) == (30, 30)


def test_however_many_are_found_each_is_named(
    northside: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invariants, "NAMES", 2)
    make_purchases(org=northside, count=5)
    with unguarded("client_purchases"):
        rows("UPDATE client_purchases SET sessions_used = 9")

    lines = found()

    assert len(lines) == 5
    assert not any("deleted" in line for line in lines)
