"""Many callers at the same moment, each on a connection of its own, as other programs are."""

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


def ask(connection: Connection, query: str, purchase_id: UUID) -> Any:
    row = connection.execute(query, [purchase_id]).fetchone()
    assert row is not None
    return row[0]


def race(purchase: Purchase, calls: list[Call]) -> list[Any]:
    """What each call answered. All start at the same moment; the purchase is read again after."""
    start = Barrier(len(calls))

    def run(call: Call, connection: Connection) -> Any:
        start.wait(PATIENCE)
        return call(connection, purchase.pk)

    with ExitStack() as stack:
        connections = [stack.enter_context(another_connection()) for _ in calls]
        pool = ThreadPoolExecutor(len(calls))
        # A thread that is stuck ends by the timeout of its statement or barrier, not by ours.
        stack.callback(pool.shutdown, wait=False)
        answers = [pool.submit(run, *pair) for pair in zip(calls, connections, strict=True)]
        return [answer.result(timeout=2 * PATIENCE) for answer in answers]
