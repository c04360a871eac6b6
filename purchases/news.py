"""What has changed since a page was made: asked by every open page, every 1.5 seconds.

So it is cheap: one query, and no look at the session, the user or the membership. A page of a
signed-in member carries a signed token of its org instead. Whoever holds one learns, for an hour,
that counts of that org have changed and the opaque ids of their purchases; who and how many stands
behind the sign-in, in the rows themselves.
"""

from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.db import DataError, connection

TOKEN_LASTS = 60 * 60
# More changes than this are not named: the page asks for all that it shows.
NAMED_AT_MOST = 500

# Two lower bounds say the same: the first lets the index be entered at the right place. The upper
# one is for a database that was restored elsewhere, where transactions are counted anew.
CHANGED_SINCE = """
    SELECT pg_current_snapshot()::text, ARRAY(
        SELECT purchase_id FROM public.session_events
        WHERE org_id = %(org_id)s
            AND made_in >= pg_snapshot_xmin(%(mark)s::pg_snapshot)
            AND NOT pg_visible_in_snapshot(made_in, %(mark)s::pg_snapshot)
            AND made_in < pg_snapshot_xmax(pg_current_snapshot())
        LIMIT %(limit)s
    )
"""

_signer = TimestampSigner(salt="purchases.news")


def token(org_id: UUID) -> str:
    return _signer.sign(org_id.hex)


def org_of(token: str) -> UUID | None:
    """The org that a token was made for; None where it is forged or more than an hour old."""
    try:
        return UUID(_signer.unsign(token, max_age=TOKEN_LASTS))
    except BadSignature:
        return None


def mark() -> str:
    """Which transactions a page has seen. Taken before its rows are read, so that a change in
    between is told once too often and never once too few."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        (mark,) = cursor.fetchone()
    return str(mark)


def changed_since(org_id: UUID, seen: str) -> tuple[set[UUID] | None, str]:
    """The purchases of the org whose count has changed since the mark, and the next mark. None
    where they can't be named: there are too many, or the mark is not one."""
    asked: dict[str, Any] = {"org_id": org_id, "mark": seen, "limit": NAMED_AT_MOST + 1}
    # No SELECT 1 before it: where the connection broke, this is what finds out, and the page asks
    # again.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        with connection.cursor() as cursor:
            cursor.execute(CHANGED_SINCE, asked)
            now, purchase_ids = cursor.fetchone()
    except DataError:
        return None, mark()
    return (None if len(purchase_ids) > NAMED_AT_MOST else set(purchase_ids)), now
