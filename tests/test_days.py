"""The end of a day in every time zone, as Python's zoneinfo has it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from purchases.days import LAST_DAY, day_end, day_ends, last_moment
from studio.accounts.policy_admin import offered_time_zones

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        # These names are abbreviations or have the opposite sign in PostgreSQL.
        ("CET", "2027-07-15", "2027-07-15 23:59:59+02:00"),
        ("CET", "2027-01-15", "2027-01-15 23:59:59+01:00"),
        ("EET", "2027-07-15", "2027-07-15 23:59:59+03:00"),
        ("Etc/GMT+5", "2027-01-15", "2027-01-15 23:59:59-05:00"),
        ("Etc/GMT-14", "2027-01-15", "2027-01-15 23:59:59+14:00"),
        ("Australia/Brisbane", "2026-11-28", "2026-11-28 23:59:59+10:00"),
        # Clocks skip the hour after midnight.
        ("Africa/Cairo", "2024-04-25", "2024-04-25 23:59:59+02:00"),
        ("Asia/Beirut", "2024-03-30", "2024-03-30 23:59:59+02:00"),
        ("America/Santiago", "2024-09-07", "2024-09-07 23:59:59-04:00"),
        # Clocks skip the hour before midnight, so the day has no 23:59:59.
        ("America/Nuuk", "2024-03-30", "2024-03-30 22:59:59-02:00"),
        # Clocks skipped from 23:30 to 0:30.
        ("America/Toronto", "1919-03-30", "1919-03-30 23:29:59-05:00"),
        # Clocks skipped the whole day.
        ("Pacific/Apia", "2011-12-30", "2011-12-29 23:59:59-10:00"),
        # 23:59:59 occurs twice.
        ("America/Santiago", "2024-04-06", "2024-04-06 23:59:59-04:00"),
        ("America/St_Johns", "2010-11-06", "2010-11-06 23:59:59-03:30"),
        # The hour after midnight occurs twice.
        ("America/Havana", "2024-11-02", "2024-11-02 23:59:59-04:00"),
    ],
)
def test_a_day_ends_with_its_last_second(zone: str, day: str, end: str) -> None:
    found = day_end(date.fromisoformat(day), ZoneInfo(zone))

    assert found.tzinfo is UTC
    assert found.astimezone(ZoneInfo(zone)).isoformat(" ") == end


@pytest.mark.parametrize("name", offered_time_zones())
def test_every_second_belongs_to_one_day_of_its_time_zone(name: str) -> None:
    zone = ZoneInfo(name)
    for day in days(FIRST, LAST):
        end = day_end(day, zone)
        last, first = end.astimezone(zone), (end + timedelta(seconds=1)).astimezone(zone)
        assert (last.date(), first.date()) == (day, day + DAY)
        assert last.time() == time(23, 59, 59) or not exists(day, time(23, 59, 59), zone)


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def exists(day: date, at: time, zone: ZoneInfo) -> bool:
    """Return whether clocks in the time zone show this time of the day."""
    local = datetime.combine(day, at)
    there = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) == local


def test_the_time_zones_of_this_machine_alone_are_not_offered() -> None:
    assert {"CET", "Etc/GMT+5", "Australia/Brisbane"} <= set(offered_time_zones())
    assert not {"Factory", "localtime"} & set(offered_time_zones())


@pytest.mark.parametrize("name", ["UTC", "Etc/GMT+12", "Etc/GMT-14"])
def test_the_ends_of_days_stop_at_the_last_day_of_python(name: str) -> None:
    zone = ZoneInfo(name)
    ends = day_ends(LAST_DAY - 3 * DAY, 400, zone)

    assert [end.astimezone(zone).date() for end in ends] == [LAST_DAY - n * DAY for n in (3, 2, 1)]


def test_an_expiry_at_midnight_belongs_to_the_day_before() -> None:
    midnight = datetime(2026, 11, 28, tzinfo=ZoneInfo("Australia/Brisbane"))

    assert last_moment(midnight).date() == date(2026, 11, 27)
    assert last_moment(midnight + timedelta(microseconds=1)).date() == date(2026, 11, 28)
