"""Run an operation on the next items of a list, within a limit of items and of time."""

import logging
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import TypeVar

import psycopg
from django.db import OperationalError

from purchases import operations

LOGGER = logging.getLogger("studio.database")
Item = TypeVar("Item")

# A chunk is 50 items, or as many as take 5 seconds. The next request continues.
CHUNK = 50
SECONDS = 5
# SQLSTATEs of a lock that another program holds. The next request retries the item.
BUSY = {"55P03", "57014"}


def run_chunk(items: Sequence[Item], operation: Callable[[Item], object]) -> None:
    """Run the operation on at most CHUNK items, for SECONDS. The results are in the ledger.

    The items are in random order. In a fixed order, the same locked rows would use up the time of
    every request.
    """
    until = monotonic() + SECONDS
    for item in random.sample(items, min(CHUNK, len(items))):
        with suppress(operations.Refused):
            _run_unless_busy(operation, item)
        if monotonic() > until:
            break


def _run_unless_busy(operation: Callable[[Item], object], item: Item) -> None:
    try:
        operation(item)
    except OperationalError as error:
        cause = error.__cause__
        if not isinstance(cause, psycopg.Error) or cause.sqlstate not in BUSY:
            raise
        LOGGER.warning(
            "an item of a cancelled class is busy (%s), and is tried again", cause.sqlstate
        )
