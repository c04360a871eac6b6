"""Polling: every open page asks every 1.5 seconds which purchases changed.

A poll is one query and does not load the session, the user or the membership. Each page contains a
signed token of its org instead, which is valid with the session of the page only. For an hour and
while that session exists, the token shows which purchases of the org changed, by their ids only.
The rows themselves require a sign-in.
"""

from typing import NamedTuple
from uuid import UUID

from django.core.signing import BadSignature
from django.db import DataError, connection
from django.db.models import Func, TextField
from django.db.models.functions import Cast

from purchases import clock, org_scope
from purchases.database import SQL_DIR, fetch_one, read_statement
from purchases.models import Org
from purchases.session_keys import stored_key

TOKEN_MAX_AGE = 60 * 60
# Up to this many changes are listed by id. After more, a page reloads all its rows.
MAX_NAMED = 500

# The transactions whose changes a page shows. The query that loads the member takes the snapshot
# before any row is read, so that a concurrent change may be reported twice but never missed.
SNAPSHOT = Cast(Func(function="pg_current_snapshot"), TextField())

SELECT_CHANGES = read_statement(SQL_DIR / "select_changes.sql")


class Changes(NamedTuple):
    """The current snapshot, the ids of the purchases that changed since the former one, and whether
    the former one is beyond the current one."""

    snapshot: str
    changed: list[UUID]
    is_beyond: bool


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

    The ids are None if anything may have changed: there are more than MAX_NAMED, or `seen` is not a
    snapshot of this database. Raise SessionEnded if no session has the key."""
    params = {
        "org_id": org_id,
        "session_key": stored_key(session_key),
        "seen": seen,
        "limit": MAX_NAMED + 1,
    }
    # Skip Django's SELECT 1. If the connection is broken, this query fails, and the page retries.
    connection.health_check_done = True  # type: ignore[attr-defined]
    org_scope.set_by_statement()
    try:
        changes = fetch_one(SELECT_CHANGES, params, Changes)
    except DataError:
        org_scope.not_set()
        return None, Org.objects.values_list(SNAPSHOT).get(pk=org_id)[0]
    if changes is None:
        org_scope.not_set()
        raise SessionEnded
    everything = changes.is_beyond or len(changes.changed) > MAX_NAMED
    return (None if everything else set(changes.changed)), changes.snapshot


def _signer(session_key: str) -> clock.Signer:
    return clock.Signer(salt=f"purchases.live_updates.{session_key}")
