"""release_session gives one session back and returns the new count."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from purchases.models import Org, Purchase
from tests.database import value
from tests.factories import make_purchase


def release(purchase: Purchase) -> int:
    answer = value("SELECT public.release_session(%s)", purchase.pk)
    purchase.refresh_from_db()
    assert isinstance(answer, int)
    return answer


def test_it_returns_the_new_count(northside: Org) -> None:
    purchase = make_purchase(org=northside, total=10, used=3)

    assert release(purchase) == 2
    assert (purchase.sessions_used, purchase.sessions_remaining) == (2, 8)


def test_giving_back_the_only_used_session_returns_0(northside: Org) -> None:
    purchase = make_purchase(org=northside, used=1)

    assert release(purchase) == 0
    assert purchase.sessions_used == 0


def test_each_call_gives_back_one_session_until_none_is_used(northside: Org) -> None:
    purchase = make_purchase(org=northside, used=3)

    assert [release(purchase) for _ in range(5)] == [2, 1, 0, -1, -1]
    assert purchase.sessions_used == 0


@pytest.mark.parametrize("used", [0, None, -2])
def test_without_a_used_session_it_returns_minus_1_and_changes_nothing(
    northside: Org, used: int | None
) -> None:
    purchase = make_purchase(org=northside, used=used)

    assert release(purchase) == -1
    assert purchase.sessions_used == used


@pytest.mark.django_db
@pytest.mark.parametrize("purchase_id", [uuid4(), None], ids=["unknown", "none"])
def test_an_unknown_id_and_null_return_minus_1(purchase_id: object) -> None:
    assert value("SELECT public.release_session(%s)", purchase_id) == -1


def test_a_count_above_the_total_is_refused_by_the_constraint(
    northside: Org,
) -> None:
    purchase = make_purchase(org=northside, total=10, used=12)

    with (
        pytest.raises(IntegrityError, match="sessions_used_is_between_0_and_total"),
        transaction.atomic(),
    ):
        release(purchase)
    purchase.refresh_from_db()
    assert purchase.sessions_used == 12


def test_a_count_one_above_the_total_is_reduced_to_the_total(northside: Org) -> None:
    assert release(make_purchase(org=northside, total=10, used=11)) == 10


def test_a_purchase_without_a_total_gives_one_session_back(northside: Org) -> None:
    purchase = make_purchase(org=northside, total=None, used=4)

    assert release(purchase) == 3
    assert purchase.sessions_remaining is None


def test_an_expired_pack_gives_one_session_back(northside: Org) -> None:
    last_year = timezone.now() - timedelta(days=365)

    assert release(make_purchase(org=northside, used=3, expires_at=last_year)) == 2


@pytest.mark.parametrize("payment_status", ["pending", "failed", "refunded", None])
def test_the_payment_status_does_not_matter(northside: Org, payment_status: str | None) -> None:
    """The site refuses unpaid packs; other programs may have other rules."""
    assert release(make_purchase(org=northside, used=3, payment_status=payment_status)) == 2
