"""The new expiry of an extended pack: a number of days more, or a chosen date."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from purchases import operations
from purchases.days import day_end
from purchases.formatting import on_day
from purchases.models import Org, Purchase, SessionRequest
from purchases.operations.commands import Extend
from studio.models import User
from tests.expiry.extensions import (
    end_of_the_day,
    expiry_lines,
    expiry_of,
    extend,
    extended_by,
)
from tests.factories import make_purchase
from tests.pages import (
    note_on,
)


@pytest.mark.parametrize("days", [7, 14, 30])
def test_days_count_from_the_expiry_to_the_end_of_the_day(
    desk: Client, pack: Purchase, days: int
) -> None:
    answer = extend(desk, pack, days=days)

    until = end_of_the_day(days, after=pack.expires_at)
    assert expiry_lines(pack) == [("extended", pack.expires_at, until)]
    assert expiry_of(pack) == until
    assert note_on(answer) == f"Extended for Ana Ruiz: good until {on_day(until)}."


@pytest.mark.parametrize("days", [7, 14, 30])
def test_days_of_an_expired_pack_count_from_today(
    desk: Client, expired: Purchase, days: int
) -> None:
    extend(desk, expired, days=days)

    assert expiry_of(expired) == end_of_the_day(days)


def test_chosen_date_lasts_until_its_end(desk: Client, pack: Purchase) -> None:
    until = end_of_the_day(40)

    extend(desk, pack, until=until.date().isoformat())

    assert expiry_of(pack) == until
    request = SessionRequest.objects.get()
    assert (request.operation, request.extend_days, request.extend_until) == (
        "extend",
        None,
        until.date(),
    )


def test_end_of_the_expiry_day_is_later_than_noon(desk: Client, northside: Org) -> None:
    noon = end_of_the_day(5) - timedelta(hours=12)
    pack = make_purchase(org=northside, expires_at=noon)

    assert extend(desk, pack, until=noon.date().isoformat()).status_code == 200
    assert expiry_of(pack) == end_of_the_day(5)


@pytest.mark.parametrize(
    ("zone", "expires", "days", "expected"),
    [
        # In UTC these times are on another day.
        ("Australia/Sydney", "2031-01-13 08:00", 7, "2031-01-20 23:59:59"),
        ("America/New_York", "2031-01-12 20:00", 7, "2031-01-19 23:59:59"),
        # The clocks of Sydney change within these days: one day has 23 or 25 hours.
        ("Australia/Sydney", "2031-10-01 12:00", 7, "2031-10-08 23:59:59"),
        ("Australia/Sydney", "2031-04-01 12:00", 7, "2031-04-08 23:59:59"),
        ("Australia/Sydney", "2031-03-30 23:59:59", 7, "2031-04-06 23:59:59"),
        # Here the clocks change at midnight. If midnight occurs twice, the day ends before the
        # first one. If 23:59:59 occurs twice, the day ends with the second one.
        ("Atlantic/Azores", "2031-10-18 12:00", 7, "2031-10-25 23:59:59"),
        ("America/Santiago", "2031-03-29 12:00", 7, "2031-04-05 23:59:59+1"),
        ("America/Santiago", "2031-08-30 12:00", 7, "2031-09-06 23:59:59"),
    ],
)
def test_days_are_days_of_the_orgs_time_zone(
    northside: Org, mia: User, zone: str, expires: str, days: int, expected: str
) -> None:
    org_zone = ZoneInfo(zone)
    expires_at = datetime.fromisoformat(expires).replace(tzinfo=org_zone)
    pack = make_purchase(org=northside, expires_at=expires_at)

    with timezone.override(org_zone):
        extended_by(mia, pack, days=days)

    local, _, fold = expected.partition("+")
    end = datetime.fromisoformat(local).replace(tzinfo=org_zone, fold=int(fold or 0))
    assert expiry_of(pack) == end.astimezone(UTC)
    assert day_end(end.date(), org_zone) == end.astimezone(UTC)


def test_days_take_precedence_over_a_date(desk: Client, pack: Purchase) -> None:
    extend(desk, pack, days=7, until=end_of_the_day(90).date().isoformat())

    assert expiry_of(pack) == end_of_the_day(7, after=pack.expires_at)
    assert SessionRequest.objects.get().extend_until is None


@pytest.mark.parametrize("moved", [-32, -3, 56, 240, 400])
def test_days_count_from_an_expiry_that_changed_after_the_page_was_loaded(
    northside: Org, mia: User, moved: int
) -> None:
    pack = make_purchase(org=northside, expires_at=end_of_the_day(40))
    Purchase.objects.update(expires_at=end_of_the_day(40 + moved))

    extend_loaded(mia, pack)
    assert expiry_of(pack) == pack.expires_at == end_of_the_day(47 + moved)


@pytest.mark.parametrize("moved", [-33, 401, 4000])
def test_an_expiry_that_changed_by_more_is_not_extended(
    northside: Org, mia: User, moved: int
) -> None:
    pack = make_purchase(org=northside, expires_at=end_of_the_day(40))
    Purchase.objects.update(expires_at=end_of_the_day(40 + moved))

    with pytest.raises(operations.Refused, match="has just changed"):
        extend_loaded(mia, pack)
    assert expiry_of(pack) == pack.expires_at == end_of_the_day(40 + moved)
    extend_loaded(mia, pack)
    assert expiry_of(pack) == end_of_the_day(47 + moved), "the reloaded purchase is extended"


def extend_loaded(user: User, pack: Purchase) -> None:
    """Extend the pack by a week, as a page that has loaded this object."""
    command = Extend(request_id=uuid4(), days=7)
    operations.extend(member=user.membership, purchase=pack, command=command)
