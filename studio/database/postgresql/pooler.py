"""Refuse a pooler between the site and PostgreSQL that does not assign whole sessions.

A setting of the connection names the studio whose rows it sees, and statements are prepared on the
connection. A pooler that gives a server's connection to another client between two transactions
would show the rows of one studio to another. A pooler that does not reset a connection would too.
"""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from enum import Enum
from typing import Any
from uuid import uuid4

import psycopg

from studio.database.postgresql import outage
from studio.database.postgresql.connection import Connection
from studio.database.postgresql.patience import Patience, limited

# The limit of each wait of the look.
SECONDS = 2.0
# With a pooler that is used by other programs, one round could miss the fault.
ROUNDS = 5
# A pooler resets a connection after its client has left, so the next client may get another one.
NEW_CLIENTS = 10
# A web process that refuses its pooler looks again after this time.
SECONDS_BETWEEN_LOOKS = 1.0
MARK = "SELECT pg_catalog.set_config('studio.look', '{}', false), pg_catalog.pg_backend_pid()"
READ = "SELECT pg_catalog.current_setting('studio.look', true), pg_catalog.pg_backend_pid()"

SHARED = (
    "The pooler before PostgreSQL assigns transactions and not whole sessions, so one studio could "
    "see the rows of another: set pool_mode = session there, or write the address of PostgreSQL "
    "itself into DATABASE_URL."
)
NOT_RESET = (
    "The pooler before PostgreSQL does not reset a connection before the next client gets it: set "
    "server_reset_query = DISCARD ALL there."
)


class UnsafePooler(psycopg.OperationalError):
    """The pooler does not assign whole sessions. The text says what to set."""


class Way(Enum):
    DIRECT = "no pooler"
    SESSIONS = "a pooler that assigns whole sessions"


def look(parameters: dict[str, Any]) -> Way:
    """Return what stands between this process and PostgreSQL. Raise `UnsafePooler` if it is unsafe.

    Two connections mark themselves by a setting, and both read their marks while the second one is
    in a transaction. A pooler of transactions has to use another connection of the server.
    """
    with limited(Patience(SECONDS, SECONDS)), ExitStack() as stack:

        def connect() -> Connection:
            return stack.enter_context(closing(Connection.connect(**options)))

        options = parameters | {"autocommit": True, "prepare_threshold": None}
        first, second = connect(), connect()
        marks = [_row(each, MARK.format(uuid4())) for each in (first, second)]
        if marks[0][1] == marks[1][1] or not _keep(first, second, marks):
            raise UnsafePooler(SHARED)
        pids = {pid for _, pid in marks}
        if pids == {each.info.backend_pid for each in (first, second)}:
            return Way.DIRECT
        first.close()
        second.close()
        if _inherits_mark(connect, pids):
            raise UnsafePooler(NOT_RESET)
        return Way.SESSIONS


def _keep(first: Connection, second: Connection, marks: list[tuple[Any, ...]]) -> bool:
    """Return whether both keep their marks while the second one is in a transaction."""
    for _ in range(ROUNDS):
        with second.transaction():
            read = [_row(second, READ), _row(first, READ)]
        if read != marks[::-1]:
            return False
    return True


def _inherits_mark(connect: Callable[[], Connection], pids: set[Any]) -> bool:
    """Return whether a new client gets a connection of the server with the mark of a former one."""
    for _ in range(NEW_CLIENTS):
        client = connect()
        mark, pid = _row(client, READ)
        client.close()
        if pid in pids:
            return bool(mark)
    return False


def _row(connection: Connection, query: str) -> tuple[Any, ...]:
    return tuple(connection.execute(query.encode()).fetchone() or ())


# --- The web process ------------------------------------------------------------------------------


class State:
    is_safe = False
    refusal: UnsafePooler | None = None
    refused_until = 0.0
    lock = threading.Lock()


def require_safe(parameters: dict[str, Any]) -> None:
    """Raise `UnsafePooler` in a web process behind an unsafe pooler. Look once if it is safe."""
    if State.is_safe or not outage.State.is_watching:
        return
    with State.lock:
        if State.refusal and time.monotonic() < State.refused_until:
            raise UnsafePooler(str(State.refusal))
        try:
            look(parameters)
            State.is_safe, State.refusal = True, None
        except UnsafePooler as refusal:
            State.refusal = refusal
            State.refused_until = time.monotonic() + SECONDS_BETWEEN_LOOKS
            raise
        except psycopg.Error:
            # All connections are taken, for example. The next new connection looks again.
            return
