"""Formats of dates and phone numbers on the desk, in every time zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context
from django.utils import timezone

from purchases.dates import DateFormatter
from purchases.formatting import day, distance, full, phone_end
from purchases.templatetags.desk import request_fields
from tests.times import set_clock

StopClock = Callable[[str, ZoneInfo], None]
UTC_ZONE = ZoneInfo("UTC")
SYDNEY = ZoneInfo("Australia/Sydney")
NEW_YORK = ZoneInfo("America/New_York")


def local(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.fixture
def stop_clock(monkeypatch: pytest.MonkeyPatch) -> StopClock:
    def stop(text: str, zone: ZoneInfo) -> None:
        set_clock(monkeypatch, lambda: local(text, zone))

    return stop


@pytest.mark.parametrize(
    ("zone", "now", "instant", "text"),
    [
        (UTC_ZONE, "2026-01-12 12:00", "2026-01-12 12:00", "today"),
        (UTC_ZONE, "2026-01-12 00:00", "2026-01-12 23:59:59.999999", "today"),
        (UTC_ZONE, "2026-01-12 23:59:59.999999", "2026-01-12 00:00", "today"),
        (UTC_ZONE, "2026-01-12 23:59:59", "2026-01-13 00:00", "tomorrow"),
        (UTC_ZONE, "2026-01-12 00:00", "2026-01-11 23:59:59", "yesterday"),
        (UTC_ZONE, "2026-01-12 12:00", "2026-01-14 00:00", "in 2 days"),
        (UTC_ZONE, "2026-01-12 12:00", "2026-01-10 23:59", "2 days ago"),
        (UTC_ZONE, "2026-12-31 12:00", "2027-01-01 00:00", "tomorrow"),
        (UTC_ZONE, "2026-01-12 12:00", "2026-02-11 23:59", "in 30 days"),
        (UTC_ZONE, "2026-01-12 12:00", "2025-12-13 00:00", "30 days ago"),
        (UTC_ZONE, "2026-01-12 12:00", "2026-02-13 12:00", "in 1 month"),
        (UTC_ZONE, "2026-01-12 12:00", "2026-05-13 12:00", "in 4 months"),
        (UTC_ZONE, "2026-01-12 12:00", "2025-11-12 12:00", "2 months ago"),
        (UTC_ZONE, "2026-01-12 12:00", "2028-01-13 12:00", "in 2 years"),
        (UTC_ZONE, "2026-01-12 12:00", "2023-01-12 12:00", "3 years ago"),
        # Days begin at midnight in the active time zone. In UTC these would be other days.
        (SYDNEY, "2026-01-12 09:00", "2026-01-12 23:59", "today"),
        (SYDNEY, "2026-01-12 09:00", "2026-01-13 00:00", "tomorrow"),
        (SYDNEY, "2026-01-12 23:00", "2026-01-12 01:00", "today"),
        (NEW_YORK, "2026-01-12 20:00", "2026-01-12 17:00", "today"),
        (NEW_YORK, "2026-01-12 20:00", "2026-01-13 00:00", "tomorrow"),
        # Daylight saving time in Sydney begins on 4 October and ends on 5 April 2026. Those days
        # have 23 and 25 hours.
        (SYDNEY, "2026-10-03 23:30", "2026-10-04 23:00", "tomorrow"),
        (SYDNEY, "2026-10-04 01:59", "2026-10-04 03:00", "today"),
        (SYDNEY, "2026-10-03 12:00", "2026-10-05 00:00", "in 2 days"),
        (SYDNEY, "2026-04-05 00:00", "2026-04-05 23:59", "today"),
        (SYDNEY, "2026-04-05 00:00", "2026-04-06 00:00", "tomorrow"),
        (SYDNEY, "2026-04-06 00:00", "2026-04-05 00:00", "yesterday"),
    ],
)
def test_a_distance_counts_calendar_days(
    stop_clock: StopClock, zone: ZoneInfo, now: str, instant: str, text: str
) -> None:
    stop_clock(now, zone)

    with timezone.override(zone):
        assert distance(local(instant, zone)).replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("zone", "now", "instant", "text"),
    [
        (UTC_ZONE, "2026-03-01 12:00", "2026-01-12 18:00", "12 Jan"),
        (UTC_ZONE, "2026-03-01 12:00", "2026-12-31 23:59", "31 Dec"),
        (UTC_ZONE, "2026-03-01 12:00", "2027-01-01 00:00", "1 Jan 2027"),
        (UTC_ZONE, "2026-03-01 12:00", "2025-12-31 23:59", "31 Dec 2025"),
        # The year, too, begins at midnight in the active time zone.
        (SYDNEY, "2026-01-01 05:00", "2026-01-01 01:00", "1 Jan"),
        (SYDNEY, "2026-01-01 05:00", "2025-12-31 23:00", "31 Dec 2025"),
        (NEW_YORK, "2025-12-31 22:00", "2025-12-31 23:00", "31 Dec"),
        (NEW_YORK, "2025-12-31 22:00", "2026-01-01 00:00", "1 Jan 2026"),
    ],
)
def test_a_day_of_another_year_shows_the_year(
    stop_clock: StopClock, zone: ZoneInfo, now: str, instant: str, text: str
) -> None:
    stop_clock(now, zone)

    with timezone.override(zone):
        assert day(local(instant, zone)) == text


def test_the_exact_time_is_in_the_active_time_zone() -> None:
    instant = datetime(2026, 1, 12, 7, 5, tzinfo=UTC)

    with timezone.override(SYDNEY):
        assert full(instant) == "Mon 12 January 2026, 18:05"
    with timezone.override(NEW_YORK):
        assert full(instant) == "Mon 12 January 2026, 02:05"


@pytest.mark.parametrize(
    ("expires_in", "soon"),
    [
        (timedelta(microseconds=-1), False),
        (timedelta(0), False),
        (timedelta(microseconds=1), True),
        (timedelta(days=14), True),
        (timedelta(days=14, microseconds=1), False),
    ],
)
def test_soon_means_within_the_next_14_days(
    now: datetime, expires_in: timedelta, soon: bool
) -> None:
    assert DateFormatter().is_soon(now + expires_in) is soon


@pytest.mark.parametrize(
    ("phone", "end"),
    [
        ("+61 412 345 678", "…5678"),
        ("0412345678", "…5678"),
        ("(02) 9555-1234 ext. 5", "…2345"),
        ("123", "…123"),
        ("ask at the desk", ""),
        ("", ""),
    ],
)
def test_a_row_shows_the_last_4_digits_of_a_phone_number(phone: str, end: str) -> None:
    assert phone_end(phone) == end


def test_each_form_has_a_unique_request_id() -> None:
    context = Context({"csrf_token": "a-token", "here": "/purchases/"})
    assert len({request_fields(context) for _ in range(100)}) == 100


def test_the_next_url_of_a_form_is_escaped() -> None:
    fields = request_fields(Context({"csrf_token": "a-token", "here": '/purchases/?q="><b>'}))
    assert 'name="next" value="/purchases/?q=&#34;&gt;&lt;b&gt;"' in fields
    assert 'name="csrfmiddlewaretoken" value="a-token"' in fields
