"""Attaching itself. Killed anywhere and begun again, it goes on where it stopped: a step is there
whole, with the line that says so, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from studio.database.schema import SHARED, node_of, postgres

# A statement that waits for a lock keeps everybody waiting who comes after it.
PATIENCE = "5s"
ATTACHING = 0x57D10  # the number of the lock that only one attach holds

Say = Callable[[str], None]

# New objects of ours with rights that the database's default privileges gave somebody.
GIVEN_AWAY = """
SELECT format('REVOKE ALL ON %%s %%s FROM %%s CASCADE', kind, name,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM (
    SELECT oid, CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass::text,
        relacl, relowner
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
    UNION ALL
    SELECT oid, 'FUNCTION', oid::regprocedure::text,
        coalesce(proacl, acldefault('f', proowner)), proowner
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS made (oid, kind, name, acl, owner), aclexplode(acl) AS given
WHERE NOT oid = ANY (%s::oid[]) AND grantee <> owner
GROUP BY kind, name, grantee
"""
THERE = """
SELECT array_agg(oid) FROM (
    SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS made
"""


class Interrupted(Exception):
    """Another program was in the way. What was done stays done."""


class Executor(MigrationExecutor):
    """Django commits some migrations a moment before it records them, and a kill in between would
    leave one that can't be run again. Here what it did and the record are one transaction, and
    so is taking back what default privileges gave to other roles."""

    def apply_migration(self, state: Any, migration: Any, *args: Any, **options: Any) -> Any:
        with transaction.atomic() if migration.atomic else nullcontext():
            (before,) = postgres().execute(THERE).fetchone() or ([],)
            state = super().apply_migration(state, migration, *args, **options)
            for (revoke,) in postgres().execute(GIVEN_AWAY, [before]).fetchall():
                postgres().execute(revoke)
        return state


def apply(say: Say) -> None:
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    if SHARED not in recorder.applied_migrations():
        recorder.record_applied(*SHARED)
    executor = Executor(connection, progress(say))
    executor.migrate(executor.loader.graph.leaf_nodes())


@contextmanager
def exclusive_lock() -> Iterator[None]:
    """One attach at a time, with every row in sight, and no patience with the locks of others."""
    database = postgres()
    database.execute(f"SET lock_timeout = '{PATIENCE}'".encode())
    database.execute("SET statement_timeout = 0")
    database.execute("SET row_security = off")
    # The server learns within a second that this process is gone, and lets go of its locks.
    database.execute("SET client_connection_check_interval = '1s'")
    try:
        database.execute("SELECT pg_advisory_lock(%s)", [ATTACHING])
    except psycopg.errors.LockNotAvailable as error:
        raise Interrupted("another attach is at work on this database") from error
    try:
        yield
    except (psycopg.Error, OperationalError) as error:
        # Django's errors carry PostgreSQL's as their cause.
        cause = error if isinstance(error, psycopg.Error) else error.__cause__
        if isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            raise Interrupted(str(error).strip()) from error
        raise
    database.execute("SELECT pg_advisory_unlock(%s)", [ATTACHING])


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
