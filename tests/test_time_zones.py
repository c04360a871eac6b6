"""Dates are shown in the time zone of the org, not in that of the server."""

from datetime import UTC, datetime

import pytest

from purchases.models import Org
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.factories import make_purchase
from tests.pages import HTMX, LIST, html_of, post_action, the_row_on
from tests.times import set_clock

# 10 March 23:30 in Auckland, and 10 March 03:30 in Los Angeles.
NOW = datetime(2026, 3, 10, 10, 30, tzinfo=UTC)


@pytest.fixture
def frozen_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, lambda: NOW)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize(
    ("zone", "expires_at", "text"),
    [
        ("Pacific/Auckland", "2026-03-10 10:59:59", "today 10 Mar"),
        ("Pacific/Auckland", "2026-03-10 11:00:01", "tomorrow 11 Mar"),
        ("Pacific/Auckland", "2026-03-13 11:00:01", "in 4 days 14 Mar"),
        ("Pacific/Auckland", "2026-03-09 11:00:01", "expired 10 Mar today"),
        ("Pacific/Auckland", "2026-03-09 10:59:59", "expired 9 Mar yesterday"),
        ("Pacific/Auckland", "2025-12-31 11:00:01", "expired 1 Jan 2 months ago"),
        ("America/Los_Angeles", "2026-03-10 11:00:00", "today 10 Mar"),
        ("America/Los_Angeles", "2026-03-11 06:59:59", "today 10 Mar"),
        ("America/Los_Angeles", "2026-03-11 07:00:01", "tomorrow 11 Mar"),
        ("America/Los_Angeles", "2026-03-13 11:00:00", "in 3 days 13 Mar"),
        ("America/Los_Angeles", "2026-03-10 07:00:01", "expired 10 Mar today"),
        ("America/Los_Angeles", "2026-03-10 06:59:59", "expired 9 Mar yesterday"),
        ("America/Los_Angeles", "2026-01-01 07:59:59", "expired 31 Dec 2025 2 months ago"),
        # An expiry at midnight is named by the last day on which the pack is good.
        ("Pacific/Auckland", "2026-03-10 11:00:00", "today 10 Mar"),
        ("Pacific/Auckland", "2026-03-13 11:00:00", "in 3 days 13 Mar"),
        ("Pacific/Auckland", "2026-03-09 11:00:00", "expired 9 Mar yesterday"),
        ("Pacific/Auckland", "2025-12-31 11:00:00", "expired 31 Dec 2025 2 months ago"),
        ("America/Los_Angeles", "2026-03-11 07:00:00", "today 10 Mar"),
        ("America/Los_Angeles", "2026-03-10 07:00:00", "expired 9 Mar yesterday"),
    ],
)
def test_a_day_ends_at_the_midnight_of_the_org(
    northside: Org, mia: User, signed_in: SignIn, zone: str, expires_at: str, text: str
) -> None:
    Policy.objects.create(org=northside, time_zone=zone)
    make_purchase(org=northside, expires_at=utc(expires_at))

    desk = signed_in(mia)
    row = the_row_on(desk.get(LIST))

    assert text in row.words
    searched = the_row_on(desk.get(LIST, {"q": "ana"}, headers=HTMX))
    assert text in searched.words, "htmx gets the same text"


@pytest.mark.usefixtures("frozen_clock")
def test_two_orgs_show_the_same_instant_as_different_dates(
    northside: Org, southside: Org, mia: User, otto: User, signed_in: SignIn
) -> None:
    expires_at = utc("2026-03-10 12:00")
    pages = []
    for org, person, zone in [
        (northside, mia, "Pacific/Auckland"),
        (southside, otto, "America/Los_Angeles"),
    ]:
        Policy.objects.create(org=org, time_zone=zone)
        make_purchase(org=org, expires_at=expires_at)
        pages.append(html_of(signed_in(person).get(LIST)))

    assert 'title="Wed 11 March 2026, 01:00"' in pages[0]
    assert 'title="Tue 10 March 2026, 05:00"' in pages[1]


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_a_pack_expires_at_the_same_instant_in_every_time_zone(
    northside: Org, mia: User, signed_in: SignIn, zone: str
) -> None:
    """An expiry is an instant, so it does not depend on the time zone."""
    Policy.objects.create(org=northside, time_zone=zone)
    make_purchase(org=northside, expires_at=utc("2026-03-10 10:29:59"))
    desk = signed_in(mia)

    assert 'id="purchase-' in html_of(desk.get(LIST, {"state": "expired"}))
    assert 'id="purchase-' not in html_of(desk.get(LIST, {"state": "active"}))


@pytest.mark.usefixtures("frozen_clock")
def test_the_message_of_a_reinstatement_uses_the_time_zone_of_the_org(
    northside: Org, mia: User, signed_in: SignIn
) -> None:
    Policy.objects.create(org=northside, time_zone="America/Los_Angeles")
    pack = make_purchase(org=northside, expires_at=utc("2026-03-10 06:30"))

    answer = post_action(signed_in(mia), "reinstate", pack, htmx=True)

    assert "The pack expired on Mon 9 Mar" in html_of(answer)


def test_the_admin_uses_the_time_zone_of_the_org(
    northside: Org, olivia: User, signed_in: SignIn
) -> None:
    Policy.objects.create(org=northside, time_zone="Pacific/Auckland")
    pack = make_purchase(org=northside, expires_at=utc("2026-03-10 12:00"))

    form = html_of(signed_in(olivia).get(f"/admin/purchases/purchase/{pack.pk}/change/"))

    assert 'name="expires_at_0" value="2026-03-11"' in form
    assert 'name="expires_at_1" value="01:00:00"' in form
