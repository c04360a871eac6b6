"""Conditions under which an undo is refused, and conditions that do not matter."""

from datetime import timedelta

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone

from purchases.models import Org, Purchase, Refusal, SessionEvent
from studio.models import User
from tests.database import rows
from tests.factories import make_purchase
from tests.ledger import changes, reinstated_by
from tests.pages import post_undo, refused, the_row_on
from tests.purchase_kinds import used


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, total=10, used=3)


def undo(browser: Client, event: SessionEvent) -> HttpResponseBase:
    return post_undo(browser, event.pk, htmx=True)


def test_a_second_undo_is_refused(desk: Client, mia: User, olivia: User, pack: Purchase) -> None:
    event = reinstated_by(mia, pack)
    assert undo(desk, event).status_code == 200

    assert refused(undo(desk, event)) == Refusal.UNDONE.label
    assert changes(pack) == [("reinstated", -1, 2), ("undone", 1, 3)]


def test_an_undo_works_on_an_expired_pack(desk: Client, mia: User, northside: Org) -> None:
    expired = timezone.now() - timedelta(days=30)
    pack = make_purchase(org=northside, used=3, expires_at=expired)

    assert undo(desk, reinstated_by(mia, pack)).status_code == 200
    assert used(pack) == 3


@pytest.mark.parametrize("total", [10, None])
def test_an_undo_is_refused_if_the_pack_is_full(
    desk: Client, mia: User, northside: Org, total: int | None
) -> None:
    pack = make_purchase(org=northside, total=total, used=3)
    event = reinstated_by(mia, pack)
    rows("UPDATE client_purchases SET sessions_used = 10")

    answer = undo(desk, event)

    if total is None:
        assert (answer.status_code, used(pack)) == (200, 11)
    else:
        assert (refused(answer), used(pack)) == (Refusal.NO_ROOM.label, 10)
        assert the_row_on(answer).used == "10"


def test_a_second_undo_is_refused_as_undone_even_if_the_pack_is_full(
    desk: Client, mia: User, pack: Purchase
) -> None:
    event = reinstated_by(mia, pack)
    undo(desk, event)
    rows("UPDATE client_purchases SET sessions_used = 10")

    assert refused(undo(desk, event)) == Refusal.UNDONE.label


def test_an_undo_is_refused_if_the_count_is_missing(
    desk: Client, mia: User, pack: Purchase
) -> None:
    event = reinstated_by(mia, pack)
    rows("UPDATE client_purchases SET sessions_used = NULL")

    assert refused(undo(desk, event)) == Refusal.COUNT_MISSING.label


@pytest.mark.parametrize("payment_status", ["refunded", "pending"])
def test_an_undo_works_on_an_unpaid_pack(
    desk: Client, mia: User, pack: Purchase, payment_status: str
) -> None:
    event = reinstated_by(mia, pack)
    Purchase.objects.update(payment_status=payment_status)

    assert undo(desk, event).status_code == 200
    assert used(pack) == 3
