"""Run two callers on separate connections, the second while the first's transaction is open.

pg_blocking_pids() shows if the second waits. No test measures time.
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
from purchases.operations.sessions import STATEMENTS
from tests.database import PATIENCE, another_connection, rows, value

Connection = psycopg.Connection[tuple[Any, ...]]
# (sessions used or -1, event id), or None if the request id was claimed before.
Row = tuple[int, int | None] | None


@dataclass(frozen=True)
class ActionParameters:
    """The parameters of an action's statement."""

    request_id: UUID
    operation: str
    purchase_id: UUID
    actor_id: int
    event_id: int | None = None
    reason: str | None = None
    note: str = ""
    refusal: str | None = None
    extend_days: int | None = None
    extend_until: date | None = None
    approved_by_id: int | None = None


ExecuteAction = Callable[[Connection, ActionParameters], Row]


def patient(statement: str) -> str:
    """Return the statement with a longer lock timeout, because a slow machine may need more than 3
    seconds between two statements."""
    changed = statement.replace("'3s'", f"'{PATIENCE}s'")
    assert changed != statement
    return changed


def execute_action(
    caller: Connection, parameters: ActionParameters, change: Callable[[str], str] = patient
) -> Row:
    """Execute the statement of `operations`, after `change`."""
    statement = STATEMENTS[SessionRequest.Operation(parameters.operation)]
    row = caller.execute(change(statement), asdict(parameters)).fetchone()
    return None if row is None else (row[0], row[1])


def execute_here(parameters: ActionParameters) -> Row:
    """Execute the statement of `operations` on Django's connection."""
    connection.ensure_connection()
    return execute_action(connection.connection, parameters, str)


def replayed_result(request_id: UUID) -> Row:
    """Return the result that `operations` replays if the id was claimed before."""
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
        # The statement timeout ends a blocked thread.
        stack.callback(pool.shutdown, wait=False)
        yield one, two, pool


def run(
    first: Callable[[Connection], Any], second: Callable[[Connection], Any], end: str
) -> Outcome:
    """Run `first` in a transaction, start `second` on another connection, and end the first
    transaction with COMMIT or ROLLBACK once `second` waits or has finished."""
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
    """Return True once `waiting` is blocked by `working`, or False once `answer` is done."""
    deadline = time.monotonic() + PATIENCE
    pids = waiting.info.backend_pid, working.info.backend_pid
    while not answer.done():
        if value("SELECT %s::int = ANY (pg_blocking_pids(%s::int))", pids[1], pids[0]):
            return True
        assert time.monotonic() < deadline, "the second caller neither waits nor finishes"
    return False
