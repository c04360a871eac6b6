"""A separate PostgreSQL server that a test can kill."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from studio.database import embedded
from studio.database.embedded import postmaster
from tests.database import PATIENCE
from tests.processes import let_postgres_enter


class Postgres:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.pgdata = self.data_dir / "postgres"
        self.url = embedded.url(let_postgres_enter(data_dir))

    def kill(self) -> None:
        """Send SIGKILL to all processes of the server, so that none can write or disconnect."""
        running = postmaster.find(self.pgdata)
        assert running is not None
        running.kill()
        # The next pass finds a child that the postmaster was just forking.
        while processes := self.processes():
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
            assert not alive

    def processes(self) -> list[psutil.Process]:
        """Return all processes whose working directory is the data folder."""
        processes = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.cwd() == str(self.pgdata):
                    processes.append(process)
        return processes

    def restart(self) -> None:
        embedded.wait_until_ready(self.data_dir)


@contextmanager
def own_postgres(data_dir: Path) -> Iterator[Postgres]:
    postgres = Postgres(data_dir)
    try:
        yield postgres
    finally:
        embedded.stop(data_dir)
