"""Polling: every open page asks every 1.5 seconds which purchases changed.

A poll is one query and does not load the session, the user or the membership. Each page contains a
signed token of its org instead, which is valid with the session of the page only. For an hour and
while that session exists, the token shows which purchases of the org changed, by their ids only.
The rows themselves require a sign-in.
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
# Up to this many changes are listed by id. After more, a page reloads all its rows.
MAX_NAMED = 500

# The transactions whose changes a page shows. The query that loads the member takes the snapshot
# before any row is read, so that a concurrent change may be reported twice but never missed.
SNAPSHOT = Cast(Func(function="pg_current_snapshot"), TextField())

SELECT_CHANGES = read_statement(SQL_DIR / "select_changes.sql")


class Changes(NamedTuple):
    """The current snapshot, and the ids of the purchases that changed since the former one."""

    snapshot: str
    changed: list[UUID]


class SessionEnded(Exception):
    """The session of a token has ended."""


def token(org_id: UUID, session_key: str) -> str:
    return _signer(session_key).sign(org_id.hex)


def org_of(token: str, session_key: str) -> UUID | None:
    """Return the org id of a token.

    Return None if the token is forged, of another session or older than an hour."""
    try:
        return UUID(_signer(session_key).unsign(token, max_age=TOKEN_MAX_AGE))
    except BadSignature:
        return None


def changed_since(org_id: UUID, session_key: str, seen: str) -> tuple[set[UUID] | None, str]:
    """Return the ids of the org's purchases that changed since a snapshot, and the new snapshot.

    The ids are None if there are more than MAX_NAMED or `seen` is not a snapshot. Raise
    SessionEnded if no session has the key."""
    params = {
        "org_id": org_id,
        "session_key": session_key,
        "seen": seen,
        "limit": MAX_NAMED + 1,
    }
    # Skip Django's SELECT 1. If the connection is broken, this query fails, and the page retries.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        changes = fetch_one(SELECT_CHANGES, params, Changes)
    except DataError:
        return None, Org.objects.values_list(SNAPSHOT).get(pk=org_id)[0]
    if changes is None:
        raise SessionEnded
    too_many = len(changes.changed) > MAX_NAMED
    return (None if too_many else set(changes.changed)), changes.snapshot


def _signer(session_key: str) -> TimestampSigner:
    return TimestampSigner(salt=f"purchases.live_updates.{session_key}")
