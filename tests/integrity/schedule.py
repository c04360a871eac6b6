"""Two callers on connections of their own, one of them in the middle of its transaction.

What the second one does meanwhile is asked of the database, never waited for by the clock.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from purchases.models import SessionRequest
from purchases.operations.requests import CLAIM
from purchases.operations.sessions import ACT, CLAIM_UNDO, FUNCTIONS
from tests.database import PATIENCE, another_connection, rows, value

Connection = psycopg.Connection[tuple[Any, ...]]
# The sessions used, or -1, and the event; nothing where the id was claimed before.
Row = tuple[int, int | None] | None


@dataclass(frozen=True)
class Asked:
    """What a press sends to the database."""

    request_id: UUID
    operation: str
    purchase_id: UUID
    actor_id: int
    event_id: int | None = None
    reason: str | None = None
    note: str = ""
    objection: str | None = None
    extend_days: int | None = None
    extend_until: date | None = None
    approved_by_id: int | None = None


Ask = Callable[[Connection, Asked], Row]

# A wait ends with the test's patience: on a slow machine 3 seconds can pass between two lines.
PATIENT_CLAIM, PATIENT_CLAIM_UNDO = (
    claim.replace("'3s'", f"'{PATIENCE}s'") for claim in (CLAIM, CLAIM_UNDO)
)


def ask(caller: Connection, asked: Asked, claim: str = "") -> Row:
    """The very statement of `operations`, or one with another claim."""
    operation = SessionRequest.Operation(asked.operation)
    function = FUNCTIONS[operation]
    claim = claim or (PATIENT_CLAIM_UNDO if operation == "undo" else PATIENT_CLAIM)
    cursor = caller.execute(claim + ACT.format(function=function), asdict(asked))
    row = cursor.fetchone()
    return None if row is None else (row[0], row[1])


def ask_here(asked: Asked) -> Row:
    """The statement as `operations` sends it, on Django's own connection."""
    connection.ensure_connection()
    return ask(connection.connection, asked, CLAIM)


def first_answer(request_id: UUID) -> Row:
    """What `operations` answers where the id was claimed before."""
    ((used, event_id),) = rows(
        """
        SELECT coalesce(event.sessions_used, -1), event.id
        FROM public.session_requests AS request
        LEFT JOIN public.session_events AS event USING (request_id)
        WHERE request.request_id = %s
        """,
        request_id,
    )
    return used, event_id


@dataclass(frozen=True)
class Outcome:
    first: Any
    second: Any
    waited: bool


@contextmanager
def two_callers() -> Iterator[tuple[Connection, Connection, ThreadPoolExecutor]]:
    with ExitStack() as stack:
        one, two = (stack.enter_context(another_connection()) for _ in range(2))
        pool = ThreadPoolExecutor(1)
        # A thread that is stuck ends by the timeout of its statement.
        stack.callback(pool.shutdown, wait=False)
        yield one, two, pool


def run(
    first: Callable[[Connection], Any], second: Callable[[Connection], Any], end: str
) -> Outcome:
    """The first does its work and stays in its transaction; the second starts, and waits for it or
    doesn't; then the first ends with COMMIT or ROLLBACK."""
    with two_callers() as (one, two, pool):
        one.execute("BEGIN")
        answer = first(one)
        other = pool.submit(_in_a_transaction, two, second)
        waited = _waits(two, one, other)
        one.execute(end)
        return Outcome(answer, other.result(timeout=2 * PATIENCE), waited)


def _in_a_transaction(caller: Connection, call: Callable[[Connection], Any]) -> Any:
    with caller.transaction():
        return call(caller)


def _waits(waiting: Connection, working: Connection, answer: Future[Any]) -> bool:
    """True once the database says that the one waits for the other, False once it has answered."""
    deadline = time.monotonic() + PATIENCE
    pids = waiting.info.backend_pid, working.info.backend_pid
    while not answer.done():
        if value("SELECT %s::int = ANY (pg_blocking_pids(%s::int))", pids[1], pids[0]):
            return True
        assert time.monotonic() < deadline, "it neither waits nor answers"
    return False
