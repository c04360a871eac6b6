"""Apply the migrations to a database that is being attached.

A run that was killed can be started again: each migration and its record commit together.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import OperationalError, connection

from studio.database.executor import Executor
from studio.database.schema import SHARED, node_of, postgres

# Seconds. A statement that waits for a lock also blocks every later statement on that table.
LOCK_TIMEOUT = 5
ATTACH_LOCK = 0x57D10  # the advisory lock that one attach at a time holds

Say = Callable[[str], None]


class Interrupted(Exception):
    """Another program held a lock. Migrations that were applied stay applied."""


def apply(say: Say) -> None:
    executor = Executor(connection, progress(say))
    executor.create_history()
    if SHARED not in executor.recorder.applied_migrations():
        executor.recorder.record_applied(*SHARED)
        executor.loader.build_graph()
    executor.migrate(executor.loader.graph.leaf_nodes())


@contextmanager
def exclusive_lock() -> Iterator[None]:
    """Hold the attach lock, see every row, and give up soon on locks of other programs."""
    database = postgres()
    database.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}s'".encode())
    database.execute("SET statement_timeout = 0")
    database.execute("SET row_security = off")
    # If this process is killed, the server notices within a second and releases its locks.
    database.execute("SET client_connection_check_interval = '1s'")
    wait_for_lock(database)
    try:
        yield
    except (psycopg.Error, OperationalError) as error:
        # Django's errors carry PostgreSQL's as their cause.
        cause = error if isinstance(error, psycopg.Error) else error.__cause__
        if isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            raise Interrupted(str(error).strip()) from error
        raise
    database.execute("SELECT pg_advisory_unlock(%s)", [ATTACH_LOCK])


def wait_for_lock(database: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Take the attach lock, or raise Interrupted.

    Each try is a statement of its own. CREATE INDEX CONCURRENTLY of the other attach waits for each
    statement that began before, so one long wait for the lock would be a deadlock.
    """
    until = time.monotonic() + LOCK_TIMEOUT
    while database.execute("SELECT pg_try_advisory_lock(%s)", [ATTACH_LOCK]).fetchone() != (True,):
        if time.monotonic() > until:
            raise Interrupted("another attach is running on this database")
        time.sleep(0.1)


def progress(say: Say) -> Callable[..., None]:
    started = time.monotonic()

    def step(action: str, migration: Any = None, fake: bool = False) -> None:
        nonlocal started
        if action == "apply_start":
            started = time.monotonic()
            say(f"  {'.'.join(node_of(migration))} …")
        elif action == "apply_success":
            say(f" done in {time.monotonic() - started:.1f} s\n")

    return step
