"""Keep the embedded PostgreSQL running."""

from pathlib import Path

from studio.database import embedded
from studio.database.embedded import postmaster


class Keeper:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.watch = postmaster.Watch(data_dir / "postgres")

    def keep(self) -> bool:
        """Start the server if it has ended or is stuck. Return whether this started it."""
        if self.watch.finds_it_stuck():
            embedded.stop(self.data_dir)
        return embedded.ensure_running(self.data_dir)
