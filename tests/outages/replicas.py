"""A primary and its standby, of Debian's PostgreSQL 15, each on a Unix socket of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

BINARIES = Path("/usr/lib/postgresql/15/bin")
PORT = 5432


@dataclass(frozen=True)
class Replica:
    folder: Path

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}&port={PORT}"

    def run(self, program: str, *arguments: str) -> None:
        user = "postgres" if os.geteuid() == 0 else None
        command = [str(BINARIES / program), *arguments]
        subprocess.run(command, user=user, cwd=self.folder, check=True, capture_output=True)

    def start(self) -> None:
        options = f"-c fsync=off -c listen_addresses= -k {self.folder} -p {PORT}"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", "data", "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

    def promote(self) -> None:
        self.run("pg_ctl", "-D", "data", "-w", "promote")

    def set(self, name: str, value: str) -> None:
        """Change a setting of the running server."""
        with psycopg.connect(self.url, autocommit=True) as database:
            database.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
            database.execute("SELECT pg_reload_conf()")


def replica(parent: Path, name: str) -> Replica:
    folder = parent / name
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        for above in list(folder.parents)[:-2]:
            above.chmod(0o755)
    return Replica(folder)


@contextmanager
def primary(parent: Path) -> Iterator[Replica]:
    server = replica(parent, "primary")
    server.run(
        *("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"),
        "--locale=C.UTF-8",
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def standby_of(server: Replica) -> Iterator[Replica]:
    standby = replica(server.folder.parent, "standby")
    standby.run(
        *("pg_basebackup", "-h", str(server.folder), "-p", str(PORT), "-U", "postgres"),
        *("-D", "data", "-R", "-c", "fast", "-X", "stream"),
    )
    standby.start()
    try:
        yield standby
    finally:
        standby.stop()
