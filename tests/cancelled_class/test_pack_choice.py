"""The pack that gets the session: one that has not expired goes first, and the row says why."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from purchases.cancelled_class.matching import match
from purchases.cancelled_class.parser import parse_people
from purchases.dates import DateFormatter
from purchases.models import Client as StudioClient
from purchases.models import Org, Purchase
from studio.models import User
from tests.cancelled_class.pages import boxes, counts_on, paste_names
from tests.factories import make_client, make_purchase
from tests.ledger import used_by
from tests.pages import words_on

AGO = -timedelta(days=1)
NEVER = None


@pytest.fixture
def ana(northside: Org) -> StudioClient:
    return make_client(org=northside, name="Ana Ruiz")


def make_pack(
    client: StudioClient, *, expires: timedelta | None = NEVER, bought: int = 0, **columns: Any
) -> Purchase:
    """Create a pack that expires in this time, bought some days ago."""
    now = timezone.now()
    return make_purchase(
        org=client.org,
        client=client,
        expires_at=None if expires is None else now + expires,
        purchased_at=now - timedelta(days=bought),
        **columns,
    )


def choice(org: Org) -> tuple[Purchase, str]:
    """Return the ticked pack of Ana, and why it was chosen."""
    found = match(org_id=org.pk, named=parse_people("Ana Ruiz"), q="", ticked=[])
    found.tick([], shown=set())
    [pack] = found.ticked
    return pack.purchase, found.people[0].choice


def day(timestamp: datetime) -> str:
    return DateFormatter().day(timestamp)


def expire(pack: Purchase) -> None:
    Purchase.objects.filter(pk=pack.pk).update(expires_at=timezone.now() + AGO)


def test_valid_pack_goes_before_an_expired_one_that_was_bought_later(
    northside: Org, ana: StudioClient
) -> None:
    valid = make_pack(ana, expires=timedelta(days=9), bought=90)
    make_pack(ana, expires=AGO, bought=10)

    assert choice(northside) == (valid, "The only pack that has not expired")


def test_valid_pack_goes_before_an_expired_one_that_was_used_later(
    northside: Org, ana: StudioClient, mia: User
) -> None:
    valid, expired = make_pack(ana, bought=90), make_pack(ana, bought=10)
    used_by(mia, valid)
    used_by(mia, expired)
    expire(expired)

    assert choice(northside) == (valid, "The only pack that has not expired")


@pytest.mark.parametrize("columns", [{"used": 10}, {"used": 1}, {"total": None}])
def test_used_up_and_open_packs_are_valid_too(
    northside: Org, ana: StudioClient, columns: dict[str, Any]
) -> None:
    valid = make_pack(ana, bought=90, **columns)
    make_pack(ana, expires=AGO)

    assert choice(northside)[0] == valid


@pytest.mark.parametrize("status", ["pending", "failed", "refunded"])
def test_unpaid_pack_is_not_chosen(northside: Org, ana: StudioClient, status: str) -> None:
    make_pack(ana, payment_status=status)
    expired = make_pack(ana, expires=AGO)

    assert choice(northside) == (expired, "The only pack to give a session back to")


def test_pack_of_the_last_visit_is_chosen_among_valid_ones(
    northside: Org, ana: StudioClient, mia: User
) -> None:
    used, newer = make_pack(ana, bought=90), make_pack(ana)
    visit = used_by(mia, used)
    assert choice(northside) == (used, f"Used last on {day(visit.occurred_at)}")

    expired = make_pack(ana)
    used_by(mia, expired)
    expire(expired)

    text = f"Not expired, used last on {day(visit.occurred_at)}"
    assert choice(northside) == (used, text)
    assert newer.pk != used.pk


def test_newest_pack_is_chosen_if_no_visit_is_on_record(northside: Org, ana: StudioClient) -> None:
    newest = make_pack(ana, bought=30)
    make_pack(ana, bought=60)
    assert choice(northside) == (newest, f"Bought last on {day(newest.purchased_at)}")

    make_pack(ana, expires=AGO)
    text = f"Not expired, bought last on {day(newest.purchased_at)}"
    assert choice(northside) == (newest, text)


def test_only_pack_says_so(northside: Org, ana: StudioClient) -> None:
    pack = make_pack(ana)
    make_pack(ana, used=0)

    assert choice(northside) == (pack, "The only pack to give a session back to")


def test_pack_of_the_last_visit_is_chosen_among_expired_ones(
    northside: Org, ana: StudioClient, mia: User
) -> None:
    used, newer = make_pack(ana, bought=90), make_pack(ana)
    visit = used_by(mia, used)
    expire(used)
    expire(newer)

    assert choice(northside) == (used, f"Used last on {day(visit.occurred_at)}")


def test_row_says_why_and_names_the_other_packs(
    northside: Org, desk: Client, ana: StudioClient
) -> None:
    valid = make_pack(ana, bought=90)
    expired = make_pack(ana, expires=AGO)
    assert expired.expires_at

    page = paste_names(desk, "Ana Ruiz")

    assert boxes(page) == {valid.pk: True, expired.pk: False}
    assert "The only pack that has not expired" in words_on(page)
    assert f"3 of 10 used, expired {day(expired.expires_at)}" in words_on(page)
    assert counts_on(page) == {"ticked": "1", "expired": "0", "left-out": "0"}
