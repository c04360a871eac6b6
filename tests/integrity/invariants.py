"""The four invariants of the ledger, one query each, and the events of a purchase.

The queries read the purchases of one test only, because the state machine runs them after each
step.
"""

from typing import Any
from uuid import UUID

from tests.database import rows

# Each query returns the violations among the purchases of its array parameter.
INVARIANTS = {
    "the sum of its events is the count": """
        SELECT concat_ws(' ', event.purchase_id, sum(event.delta), max(purchase.sessions_used))
        FROM public.session_events AS event
        LEFT JOIN public.client_purchases AS purchase ON purchase.id = event.purchase_id
        WHERE event.purchase_id = ANY (%s::uuid[])
        GROUP BY event.purchase_id
        HAVING sum(event.delta) <> coalesce(max(purchase.sessions_used), 0)
    """,
    "0 <= sessions_used <= sessions_total": """
        SELECT concat_ws(' ', id, sessions_used, sessions_total) FROM public.client_purchases
        WHERE id = ANY (%s::uuid[]) AND (sessions_used < 0 OR sessions_used > sessions_total)
    """,
    "one event at most for a request": """
        SELECT concat_ws(' ', request_id, count(*)) FROM public.session_events
        WHERE purchase_id = ANY (%s::uuid[]) AND request_id IS NOT NULL
        GROUP BY request_id, purchase_id HAVING count(*) > 1
    """,
    "an event is reversed once at most, on the same purchase": """
        SELECT concat_ws(' ', reversed.id, count(*)) FROM public.session_events AS event
        JOIN public.session_events AS reversed ON reversed.id = event.reverses_id
        WHERE event.purchase_id = ANY (%s::uuid[])
        GROUP BY reversed.id, reversed.purchase_id
        HAVING count(*) > 1 OR bool_or(event.purchase_id <> reversed.purchase_id)
    """,
}
# All four invariants in one statement.
BROKEN = " UNION ALL ".join(
    f"SELECT '{promise}', broken.* FROM ({query}) AS broken"
    for promise, query in INVARIANTS.items()
)
HISTORY = """
    SELECT event.id, event.kind, event.delta, event.sessions_used, event.request_id,
        event.reverses_id
    FROM public.session_events AS event WHERE event.purchase_id = %s ORDER BY event.id
"""


def check_invariants(*purchase_ids: UUID) -> None:
    broken = rows(BROKEN, *[list(purchase_ids)] * len(INVARIANTS))
    assert not broken, f"broken: {broken}"


def history(purchase_id: UUID) -> tuple[list[int], list[tuple[Any, ...]]]:
    """Return the ids of a purchase's events, oldest first, and the events in the model's form."""
    events = rows(HISTORY, purchase_id)
    ids = [row[0] for row in events]
    # Map each reversed event to its place, None to None, and an unknown id to -1.
    place = {None: None, **{event_id: n for n, event_id in enumerate(ids)}}
    return ids, [(*row[1:5], place.get(row[5], -1)) for row in events]
