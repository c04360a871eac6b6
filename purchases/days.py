"""The days of a time zone. Python computes every day, and PostgreSQL computes none, because their
tables of time zones may differ."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

SECOND = timedelta(seconds=1)
# The last day of which every time zone has a following day.
LAST_DAY = date.max - timedelta(days=2)


@lru_cache(maxsize=4_000)
def day_end(day: date, zone: tzinfo) -> datetime:
    """Return the last second of the day in the time zone."""
    # If clocks go back at midnight, 23:59:59 occurs twice. A fold of 1 means the later one.
    end = datetime.combine(day, time(23, 59, 59, fold=1), zone).astimezone(UTC)
    # If clocks skip 23:59:59, the time above may be some minutes before the last second.
    while (end + SECOND).astimezone(zone).date() <= day:
        end += SECOND
    return end


def day_ends(first: date, count: int, zone: tzinfo) -> list[datetime]:
    """Return the last second of each day from the first on. The result is shorter than `count` if
    it reaches LAST_DAY."""
    start = first.toordinal()
    days = range(start, min(start + count, LAST_DAY.toordinal()))
    return [day_end(date.fromordinal(day), zone) for day in days]


def last_moment(expires_at: datetime) -> datetime:
    """Return the last moment before an expiry. It names the expiry's day, because a pack that
    expires at midnight is good through the day before."""
    return expires_at - timedelta(microseconds=1)
