"""Polling: every open page asks each 1.5 seconds what has changed since it was made.

So it is cheap: one query, and no look at the session, the user or the membership. A page of a
signed-in member carries a signed token of its org instead. Whoever holds one learns, for an hour,
that counts or expiries of that org have changed and the opaque ids of their purchases; who, how
many and when stands behind the sign-in, in the rows themselves.
"""

from typing import NamedTuple
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.db import DataError, connection
from django.db.models import Func, TextField
from django.db.models.functions import Cast

from purchases.database import SQL_DIR, fetch_one, read_statement
from purchases.models import Org

TOKEN_MAX_AGE = 60 * 60
# More changes than this are not named: the page asks for all that it shows.
MAX_NAMED = 500

# Which transactions a page has seen. The query that finds the member asks for it, before any row is
# read, so that a change in between is told once too often and never once too few.
SNAPSHOT = Cast(Func(function="pg_current_snapshot"), TextField())

SELECT_CHANGES = read_statement(SQL_DIR / "select_changes.sql")

_signer = TimestampSigner(salt="purchases.live_updates")


class Changes(NamedTuple):
    """The current snapshot, and the ids of the purchases that changed since the former one."""

    snapshot: str
    changed: list[UUID]


def token(org_id: UUID) -> str:
    return _signer.sign(org_id.hex)


def org_of(token: str) -> UUID | None:
    """The org that a token was made for; None where it is forged or more than an hour old."""
    try:
        return UUID(_signer.unsign(token, max_age=TOKEN_MAX_AGE))
    except BadSignature:
        return None


def changed_since(org_id: UUID, seen: str) -> tuple[set[UUID] | None, str]:
    """Return the ids of the org's purchases whose count or expiry changed since a snapshot, and the
    new snapshot. The ids are None if there are more than MAX_NAMED or `seen` is not a snapshot."""
    params = {"org_id": org_id, "seen": seen, "limit": MAX_NAMED + 1}
    # No SELECT 1 before it: where the connection broke, this is what finds out, and the page asks
    # again.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        changes = fetch_one(SELECT_CHANGES, params, Changes)
    except DataError:
        return None, Org.objects.values_list(SNAPSHOT).get(pk=org_id)[0]
    assert changes is not None, "the statement has no FROM: it always returns a row"
    too_many = len(changes.changed) > MAX_NAMED
    return (None if too_many else set(changes.changed)), changes.snapshot
