"""Format dates and times for one time zone and language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from purchases import clock
from purchases.models import EXPIRING_WITHIN


class Patterns(NamedTuple):
    """Date and time formats of one language. Pairs are (this year, other years)."""

    day: tuple[str, str]
    on_day: tuple[str, str]
    exact_day: str
    time: str
    day_and_time: str


@dataclass(frozen=True)
class DateFormatter:
    """Format dates in a time zone and language, both looked up once per page."""

    zone: tzinfo = field(default_factory=timezone.get_current_timezone)
    language: str | None = field(default_factory=get_language)
    now: datetime = field(default_factory=clock.local_now)

    @property
    def _patterns(self) -> Patterns:
        return patterns(self.language)

    def day(self, timestamp: datetime) -> str:
        """Return "12 Jan", with the year if it is not the current one."""
        return self._date(timestamp, self._patterns.day)

    def whole_date(self, day: date) -> str:
        """Return "12 Jan 2026" for a date without a time."""
        return _written(day, self._patterns.day[1], self.language)

    def on_day(self, timestamp: datetime) -> str:
        """Return "Mon 12 Jan", with the year if it is not the current one."""
        return self._date(timestamp, self._patterns.on_day)

    def _date(self, timestamp: datetime, pattern: tuple[str, str]) -> str:
        local = timestamp.astimezone(self.zone).date()
        this_year, any_year = pattern
        is_this_year = local.year == self.now.year
        return _written(local, this_year if is_this_year else any_year, self.language)

    def at_time(self, timestamp: datetime) -> str:
        """Return "Mon 12 Jan, 18:00", with the year if it is not the current one."""
        return self._with_time(self.on_day(timestamp), timestamp)

    def full(self, timestamp: datetime) -> str:
        """Return "Mon 12 January 2026, 18:00", for a tooltip."""
        day = timestamp.astimezone(self.zone).date()
        return self._with_time(_written(day, self._patterns.exact_day, self.language), timestamp)

    def _with_time(self, day: str, timestamp: datetime) -> str:
        local = timestamp.astimezone(self.zone).time().replace(second=0, microsecond=0)
        written = _written_time(local, self._patterns.time, self.language)
        return self._patterns.day_and_time % {"day": day, "time": written}

    def iso(self, timestamp: datetime) -> str:
        """Return ISO 8601 to the second, for the HTML attribute `datetime`."""
        return timestamp.astimezone(self.zone).isoformat(timespec="seconds")

    def distance(self, timestamp: datetime) -> str:
        """Return "in 5 days", "today", "yesterday", "11 days ago" or "in 4 months".

        It counts calendar days up to a month, and the largest whole unit beyond.
        """
        then = timestamp.astimezone(self.zone)
        days = (then.date() - self.now.date()).days
        match days:
            case 0:
                return gettext("today")
            case 1:
                return gettext("tomorrow")
            case -1:
                return gettext("yesterday")
            case _ if abs(days) <= 30:
                ahead = ngettext("in %(count)d day", "in %(count)d days", days)
                ago = ngettext("%(count)d day ago", "%(count)d days ago", -days)
                return (ahead if days > 0 else ago) % {"count": abs(days)}
        # 31 days may be slightly less than a whole month.
        months = max(1, _whole_months(*sorted([self.now, then])))
        years = months // 12
        if years:
            ahead = ngettext("in %(count)d year", "in %(count)d years", years)
            ago = ngettext("%(count)d year ago", "%(count)d years ago", years)
        else:
            ahead = ngettext("in %(count)d month", "in %(count)d months", months)
            ago = ngettext("%(count)d month ago", "%(count)d months ago", months)
        return (ahead if days > 0 else ago) % {"count": years or months}

    def is_soon(self, timestamp: datetime) -> bool:
        """Return whether a future expiry is within EXPIRING_WITHIN."""
        return timedelta(0) < timestamp - self.now <= EXPIRING_WITHIN


@lru_cache
def patterns(_language: str | None) -> Patterns:
    return Patterns(
        # Translators: a date as Django's `date` filter writes it (j: 12, M: Jan, b: jan,
        # F: January, Y: 2026).
        day=(pgettext("date", "j M"), pgettext("date", "j M Y")),
        # Translators: as above, with D: Mon.
        on_day=(pgettext("date", "D j M"), pgettext("date", "D j M Y")),
        # Translators: as above.
        exact_day=pgettext("date", "D j F Y"),
        # Translators: a time as Django's `time` filter writes it (H:i: 18:00).
        time=pgettext("date", "H:i"),
        day_and_time=gettext("%(day)s, %(time)s"),
    )


@lru_cache(maxsize=4_000)
def _written(local: date, pattern: str, _language: str | None) -> str:
    """Format a date. The cache helps because pages repeat the same dates."""
    return date_format(local, pattern)


@lru_cache(maxsize=4_000)
def _written_time(local: time, pattern: str, _language: str | None) -> str:
    return time_format(local, pattern)


def _whole_months(early: datetime, late: datetime) -> int:
    months = (late.year - early.year) * 12 + late.month - early.month
    is_whole = (late.day, late.time()) >= (early.day, early.time())
    return months if is_whole else months - 1
