"""The numbers of the desk's first page."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from purchases import clock
from purchases.database import SQL_DIR, fetch_one, read_statement
from purchases.days import SECOND, day_end

# No number is greater. The page shows it as "100+".
MOST = 101
NAMES = 3
EXPIRING_WITHIN = timedelta(days=7)
SELECT_OVERVIEW = read_statement(SQL_DIR / "select_overview.sql")


class Overview(NamedTuple):
    """The numbers of today: sessions given back, packs that expire within a week, unpaid ones."""

    reinstated: int
    expiring: int
    unpaid: int
    # Id and name of the clients who got the last sessions back, the newest first. A client may
    # occur twice.
    clients: list[tuple[str, str]]


def overview(org_id: UUID) -> Overview:
    """Return the numbers of an org, each at most MOST."""
    now, zone = clock.now(), timezone.get_current_timezone()
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    params = {
        "org_id": org_id,
        "today": day_end(yesterday, zone) + SECOND,
        "now": now,
        "soon": now + EXPIRING_WITHIN,
        "most": MOST,
        "names": NAMES,
    }
    counted = fetch_one(SELECT_OVERVIEW, params, Overview)
    assert counted is not None
    return counted
