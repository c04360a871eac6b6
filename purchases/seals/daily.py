"""Seal every day that is over and not sealed yet."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from purchases.database import SQL_DIR, fetch_all, fetch_one, read_statement
from purchases.models import NO_ORG

LOGGER = logging.getLogger("studio.database")
SELECT_DAYS = read_statement(SQL_DIR / "select_days_to_seal.sql")
SEAL_DAYS = read_statement(SQL_DIR / "seal_days.sql")

# A day is sealed some minutes after its end, so that most of its transactions are over and a clock
# that is set back does not matter.
GRACE = timedelta(minutes=10)
ATTEMPTS = 3


class Day(NamedTuple):
    org_id: UUID
    day: date
    ends_at: datetime


def seal_days_until(now: datetime, zones: Mapping[UUID, str]) -> int:
    """Seal each org's days that ended before `now`, and return the number of new seals.

    `zones` has the time zone of every org. Running it again seals nothing. If another process seals
    the same days at once, one of the two waits, and then finds them sealed.
    """
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _seal(now - GRACE, {**zones, NO_ORG: "UTC"})
        except IntegrityError as error:
            conflict = error
            LOGGER.info("another process seals the same days")
    raise conflict


def days_to_seal(now: datetime, zones: Mapping[UUID, str]) -> list[Day]:
    """Return the days that ended before `now` and are not sealed."""
    params = {"now": now, "org_ids": list(zones), "zones": list(zones.values())}
    return fetch_all(SELECT_DAYS, params, Day)


def _seal(now: datetime, zones: Mapping[UUID, str]) -> int:
    days = days_to_seal(now, zones)
    if not days:
        return 0
    org_ids, names, ends = (list(values) for values in zip(*days, strict=True))
    return fetch_one(SEAL_DAYS, {"org_ids": org_ids, "days": names, "ends_at": ends}, int) or 0
