"""use_session takes one session and returns whether it succeeded."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from purchases.models import Org, Purchase
from tests.database import rows, value
from tests.factories import make_purchase


def use(purchase: Purchase) -> bool:
    answer = value("SELECT public.use_session(%s)", purchase.pk)
    purchase.refresh_from_db()
    assert isinstance(answer, bool)
    return answer


def test_it_takes_one_session(northside: Org) -> None:
    purchase = make_purchase(org=northside, total=10, used=3)

    assert use(purchase)
    assert (purchase.sessions_used, purchase.sessions_remaining) == (4, 6)


def test_the_last_session_can_be_taken_once(northside: Org) -> None:
    purchase = make_purchase(org=northside, total=10, used=9)

    assert [use(purchase), use(purchase)] == [True, False]
    assert (purchase.sessions_used, purchase.sessions_remaining) == (10, 0)


@pytest.mark.parametrize(
    ("total", "used"),
    [
        pytest.param(10, 10, id="full"),
        pytest.param(10, 12, id="more used than bought"),
        pytest.param(0, 0, id="a pack of none"),
        pytest.param(None, 0, id="no number of sessions"),
        pytest.param(10, None, id="no count"),
        pytest.param(None, None, id="neither"),
    ],
)
def test_without_a_session_left_it_returns_false_and_changes_nothing(
    northside: Org, total: int | None, used: int | None
) -> None:
    purchase = make_purchase(org=northside, total=total, used=used)

    assert not use(purchase)
    assert (purchase.sessions_total, purchase.sessions_used) == (total, used)


@pytest.mark.django_db
@pytest.mark.parametrize("purchase_id", [uuid4(), None], ids=["unknown", "none"])
def test_an_unknown_id_and_null_return_false(purchase_id: object) -> None:
    assert value("SELECT public.use_session(%s)", purchase_id) is False


def test_an_expired_pack_returns_false_and_is_unchanged(northside: Org) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    purchase = make_purchase(org=northside, used=3, expires_at=yesterday)

    assert not use(purchase)
    assert purchase.sessions_used == 3


@pytest.mark.parametrize(
    ("expires_at", "taken"),
    [
        ("now()", False),
        ("now() + interval '1 microsecond'", True),
        ("'infinity'", True),
        ("'-infinity'", False),
    ],
)
def test_a_pack_expires_at_exactly_its_expiry(northside: Org, expires_at: str, taken: bool) -> None:
    """now() is constant within a transaction, so the comparison is exact."""
    purchase = make_purchase(org=northside, used=3)
    rows(f"UPDATE client_purchases SET expires_at = {expires_at}")

    assert value("SELECT public.use_session(%s)", purchase.pk) is taken


def test_a_reinstated_session_can_be_taken_again(northside: Org) -> None:
    purchase = make_purchase(org=northside, total=10, used=10)

    assert value("SELECT public.release_session(%s)", purchase.pk) == 9
    assert [use(purchase), use(purchase)] == [True, False]


@pytest.mark.parametrize("payment_status", ["pending", "failed", "refunded", None])
def test_the_payment_status_does_not_matter(northside: Org, payment_status: str | None) -> None:
    """The site refuses unpaid packs; other programs may have other rules."""
    assert use(make_purchase(org=northside, used=3, payment_status=payment_status))
