"""The time by the clock of the database, which is the clock of every ledger.

The clock of this machine may be an hour off. Then 15 minutes for an undo, an expiry or a link would
end at the wrong time, because one end is stored by the database. So each connection and each
request of a person compare the two clocks, and `now` adds the difference.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.core.signing import SignatureExpired, TimestampSigner, b62_decode, b62_encode
from django.db import Error, connection
from django.utils import timezone


class _Difference:
    """How far the database's clock is ahead of the clock of this machine."""

    value: ClassVar[timedelta | None] = None
    # Whether `now` connects to the database if the difference is not known yet.
    is_needed: ClassVar[bool] = False


def follow_database() -> None:
    """Let `now` connect to the database if no connection was made yet. The web server calls it."""
    _Difference.is_needed = True


def compare(database: datetime, before: datetime, after: datetime) -> None:
    """Store the difference: the database told its time between two readings of this machine's."""
    if before <= database <= after:
        _Difference.value = timedelta()
    else:
        _Difference.value = database - before - (after - before) / 2


def difference() -> timedelta:
    """Return how far the database's clock is ahead, by the last connection."""
    return _Difference.value or timedelta()


def machine_now() -> datetime:
    return timezone.now()


def now() -> datetime:
    """Return the time of the database, without a query."""
    if _Difference.value is None:
        if not _Difference.is_needed:
            return timezone.now()
        try:
            connection.ensure_connection()
        except Error:
            return timezone.now()
    return timezone.now() + (_Difference.value or timedelta())


def local_now() -> datetime:
    """Return the time of the database in the current time zone."""
    return timezone.localtime(now())


def today() -> date:
    """Return the day of the database's clock in the current time zone."""
    return timezone.localdate(now())


def seconds() -> float:
    """Return the seconds since 1970, as time.time() does."""
    return now().timestamp()


class Signer(TimestampSigner):
    """Django's signer of texts that expire, by the database's clock."""

    def timestamp(self) -> str:
        return b62_encode(int(seconds()))

    def unsign(self, value: str, max_age: Any = None) -> str:
        result = super().unsign(value)
        if max_age is not None:
            signed_at = b62_decode(value.split(self.sep)[-2])
            limit = max_age.total_seconds() if isinstance(max_age, timedelta) else max_age
            if (age := seconds() - signed_at) > limit:
                raise SignatureExpired(f"Signature age {age} > {limit} seconds")
        return result
