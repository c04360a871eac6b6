"""Concurrent callers of SQL functions, each with its own connection, as other programs have."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any
from uuid import UUID

from purchases.models import Purchase
from tests.database import PATIENCE, another_connection
from tests.integrity.schedule import Connection

Call = Callable[[Connection, UUID], Any]


def fetch_value(connection: Connection, query: str, purchase_id: UUID) -> Any:
    row = connection.execute(query, [purchase_id]).fetchone()
    assert row is not None
    return row[0]


def race(purchase: Purchase, calls: list[Call]) -> list[Any]:
    """Run all calls concurrently on this purchase and return their results in order."""
    start = Barrier(len(calls))

    def run(call: Call, connection: Connection) -> Any:
        start.wait(PATIENCE)
        return call(connection, purchase.pk)

    with ExitStack() as stack:
        connections = [stack.enter_context(another_connection()) for _ in calls]
        pool = ThreadPoolExecutor(len(calls))
        # Do not wait for a stuck thread: its statement or barrier times out by itself.
        stack.callback(pool.shutdown, wait=False)
        answers = [pool.submit(run, *pair) for pair in zip(calls, connections, strict=True)]
        return [answer.result(timeout=2 * PATIENCE) for answer in answers]
