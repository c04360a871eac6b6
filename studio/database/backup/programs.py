"""Find PostgreSQL's own programs of the server's version, and run them on the database in use."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from studio.database.embedded import postmaster

# The folders in which Debian and Red Hat keep the programs of each version.
FOLDERS = ["/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin"]
# The parameters of a connection that the programs of PostgreSQL 15 know. The driver has newer ones.
PARAMETERS = {
    "channel_binding",
    "connect_timeout",
    "dbname",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "options",
    "port",
    "service",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
}


class ProgramMissing(Exception):
    """This machine has no such program of the server's version."""


def find(name: str, version: int) -> Path:
    """Return the path of a program, such as pg_dump, of this major version of PostgreSQL."""
    found = None
    for path in _candidates(name, version):
        if not path.is_file():
            continue
        found = _version_of(path)
        if found == version:
            return path
    other = f", and the {name} of this machine is of version {found}" if found else ""
    raise ProgramMissing(
        f"The server is PostgreSQL {version}{other}. Install its programs "
        f"(apt-get install postgresql-client-{version}), and run this again."
    )


def major_version(database: psycopg.Connection[Any]) -> int:
    return database.info.server_version // 10_000


def connection_options(database: psycopg.Connection[Any]) -> tuple[str, dict[str, str]]:
    """Return the option that connects as `database`, and the environment with its password.

    Every user of the machine can read the arguments of a command, and so none is a password.
    """
    parameters = database.info.get_parameters()
    conninfo = make_conninfo(
        **{name: text for name, text in parameters.items() if name in PARAMETERS}
    )
    environment = dict(os.environ) | {"LC_MESSAGES": "C"}
    if database.info.password:
        environment["PGPASSWORD"] = database.info.password
    return f"--dbname={conninfo}", environment


def run(
    command: list[str], environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        command,
        check=False,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment,
    )


def first_error(stderr: str) -> str:
    """Return the first error of a program's output, in one line."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line] or lines or ["it wrote no reason"]
    return re.sub(r"^\S+: error: ", "", errors[0])


def _candidates(name: str, version: int) -> Iterator[Path]:
    if str(version) == postmaster.VERSION:
        yield postmaster.program(name)
    for folder in FOLDERS:
        yield Path(folder.format(version)) / name
    if path := shutil.which(name):
        yield Path(path)


def _version_of(path: Path) -> int | None:
    try:
        answer = run([str(path), "--version"]).stdout
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(found[1]) if found else None
