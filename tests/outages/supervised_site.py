"""`make start` under a supervisor that restarts it, as systemd does with `Restart=always`."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from socket import create_server
from threading import Event, Thread
from typing import Any

import psutil
from django.conf import settings
from django.http import HttpResponse
from psycopg.pq import PGconn, Ping

from studio.database.embedded import postmaster
from tests.database import PATIENCE
from tests.outages.site import Person, Site
from tests.processes import ROOT, UNSET, let_postgres_enter

RESTART_AFTER = 0.1  # RestartSec of systemd, whose default this is


class SupervisedSite:
    def __init__(self, data_dir: Path) -> None:
        with create_server(("127.0.0.1", 0)) as listener:
            self.port = int(listener.getsockname()[1])
        self.data_dir = let_postgres_enter(data_dir)
        self.pgdata = data_dir / "postgres"
        self.url = f"postgresql://postgres@/studio?host={self.pgdata}"
        self.stopping = Event()
        self.serve = self.start()
        self.thread = Thread(target=self.supervise)
        self.thread.start()

    @property
    def site(self) -> Site:
        return Site(self.port, self.serve.pid)

    def start(self) -> subprocess.Popen[bytes]:
        with (self.data_dir / "site.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "studio.serve", "start"],
                cwd=ROOT,
                env=UNSET
                | {
                    "PATH": os.environ["PATH"],
                    "SECRET_KEY": settings.SECRET_KEY,
                    "STUDIO_DATA_DIR": str(self.data_dir),
                    "PORT": str(self.port),
                },
                stdout=log,
                stderr=log,
            )

    def supervise(self) -> None:
        while True:
            self.serve.wait()
            if self.stopping.wait(RESTART_AFTER):
                return
            self.serve = self.start()

    def stop(self) -> None:
        self.stopping.set()
        self.serve.terminate()
        self.thread.join(PATIENCE)

    # --- Its processes ----------------------------------------------------------------------------

    def granian(self) -> list[psutil.Process]:
        """Return granian's main process, if it runs, and then its workers."""
        with suppress(psutil.Error):
            for child in psutil.Process(self.serve.pid).children():
                if "granian" in child.cmdline():
                    return [child, *child.children()]
        return []

    def workers(self) -> list[psutil.Process]:
        return self.granian()[1:]

    def database(self) -> list[psutil.Process]:
        """Return the main process of PostgreSQL, if it runs, and then the others."""
        with suppress(psutil.Error):
            if main := postmaster.find(self.pgdata):
                return [main, *main.children()]
        return []

    def connections(self) -> list[psutil.Process]:
        found = []
        for process in self.database()[1:]:
            with suppress(psutil.Error):
                if "[local]" in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def wait_until_it_answers(self) -> float:
        """Return the seconds from the database's first answer until /healthz answers 200."""
        until = time.monotonic() + PATIENCE
        database = None
        while True:
            if database is None and PGconn.ping(self.url.encode()) == Ping.OK:
                database = time.monotonic()
            with suppress(OSError, HTTPException, ValueError):
                if self.site.healthz()[0] == 200:
                    return time.monotonic() - (database or time.monotonic())
            assert time.monotonic() < until, "the site did not come back"
            time.sleep(0.02)


@contextmanager
def supervised_site(data_dir: Path) -> Iterator[SupervisedSite]:
    supervised = SupervisedSite(data_dir)
    try:
        supervised.wait_until_it_answers()
        yield supervised
    finally:
        supervised.stop()


class PersistentPerson(Person):
    """A person whose browser sends a request again if the connection ended without an answer."""

    def send(self, *arguments: Any) -> HttpResponse:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return super().send(*arguments)
            except (OSError, HTTPException):
                assert time.monotonic() < until, "the site did not come back"
                time.sleep(0.05)
