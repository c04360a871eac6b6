"""`invariants.check` reads a large ledger in batches."""

import pytest
from pytest_django import DjangoAssertNumQueries

from purchases import invariants
from purchases.models import Org, Purchase
from tests.database import rows
from tests.factories import make_purchases
from tests.invariants.violations import violation_lines
from tests.ledger import unguarded

pytestmark = pytest.mark.breaks_the_ledger


@pytest.mark.parametrize("purchases", [2, 3, 4, 6, 7])
def test_no_purchase_is_skipped_between_batches(
    northside: Org, small_batches: None, purchases: int
) -> None:
    packs = make_purchases(org=northside, count=purchases)
    deleted = make_purchases(org=northside, count=3)
    with unguarded("client_purchases"):
        rows("UPDATE client_purchases SET sessions_used = 9")
        Purchase.objects.filter(pk__in=[pack.pk for pack in deleted]).delete()

    assert {line.split(",")[0] for line in violation_lines()} == {
        str(pack.pk) for pack in packs + deleted
    }


def test_query_count_does_not_depend_on_violations(
    northside: Org, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_purchases(org=northside, count=30)
    with unguarded("client_purchases"):
        rows("UPDATE client_purchases SET sessions_used = 9")

    with django_assert_num_queries(14):
        # The queries: 1. the end of the batch, 2-13. one for each invariant, 14. the clients.
        ((purchases, violations),) = list(invariants.check())
    assert (purchases, len(violations)) == (30, 30)


def test_every_violation_names_its_client(northside: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "NAMES", 2)
    make_purchases(org=northside, count=5)
    with unguarded("client_purchases"):
        rows("UPDATE client_purchases SET sessions_used = 9")

    lines = violation_lines()

    assert len(lines) == 5
    assert not any("deleted" in line for line in lines)
