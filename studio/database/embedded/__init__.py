"""The embedded PostgreSQL from PyPI, for a machine without a PostgreSQL server.

The server listens on a Unix socket below the data folder and on no network port. The first process
that uses it starts it. The last process to end stops it.
"""

import atexit
import os
import time
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.core.exceptions import ImproperlyConfigured

from studio.database.embedded import folder, postmaster, users

DATABASE = "studio"
OWNER = "postgres"


@cache
def start(data_dir: Path) -> str:
    """Start the database below `data_dir` if it is not running, and return its socket folder.

    Raises ImproperlyConfigured, with a remedy, if the folder is unsuitable.
    """
    pgdata = data_dir.resolve() / "postgres"
    wait_until_ready(data_dir)
    _create_database(str(pgdata))
    return str(pgdata)


def ensure_running(data_dir: Path) -> bool:
    """Start the server if it is not running. Return whether this process started it."""
    data_dir = data_dir.resolve()
    pgdata = data_dir / "postgres"
    if users.joined(data_dir) and postmaster.find(pgdata):
        return False
    if not postmaster.find(pgdata):
        folder.check(data_dir)
    account = folder.make(data_dir)
    with users.starting_or_stopping(data_dir):
        if users.join(data_dir):
            atexit.register(_leave, data_dir, os.getpid())
        if postmaster.find(pgdata):
            return False
        folder.create(data_dir, account)
        postmaster.start(pgdata, account)
    return True


def wait_until_ready(data_dir: Path) -> None:
    """Wait until the server accepts connections. Start it if it has ended or is stuck."""
    pgdata = data_dir.resolve() / "postgres"
    watch, until = postmaster.Watch(pgdata), time.monotonic() + postmaster.PATIENCE
    ensure_running(data_dir)
    while not postmaster.accepts_connections(pgdata):
        if time.monotonic() > until:
            raise ImproperlyConfigured(postmaster.reason(pgdata))
        if watch.finds_it_stuck():
            stop(data_dir)
        time.sleep(0.05)
        ensure_running(data_dir)


def stop(data_dir: Path) -> None:
    """Stop the server, whoever else uses it."""
    data_dir = data_dir.resolve()
    with users.starting_or_stopping(data_dir):
        postmaster.stop(data_dir / "postgres")


def url(data_dir: Path, *, user: str = OWNER) -> str:
    """Return the URL of the embedded database, and start the server if it is not running."""
    return f"postgresql://{user}@/{DATABASE}?host={quote(start(data_dir), safe='')}"


def is_running(data_dir: Path) -> bool:
    return postmaster.find(data_dir.resolve() / "postgres") is not None


def _leave(data_dir: Path, process_id: int) -> None:
    # A forked process inherits the handler, but the lock is its parent's.
    if os.getpid() != process_id or not data_dir.exists():
        return
    with users.starting_or_stopping(data_dir):
        if users.leave(data_dir):
            postmaster.stop(data_dir / "postgres")


def _create_database(socket_dir: str) -> None:
    with psycopg.connect(host=socket_dir, user=OWNER, dbname=OWNER, autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [DATABASE]).fetchone() is None:
            connection.execute(
                f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING utf8"
                " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
