"""What the service takes besides time."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.figures import Figures
from benchmarks.postgres import Database
from benchmarks.sites import site

SUBJECT = "The service"


def measure_start(
    figures: Figures, database: Database, *, repetitions: int, progress: Callable[[str], None]
) -> None:
    for repetition in range(1, repetitions + 1):
        progress(f"start-up, {repetition} of {repetitions}")
        with site(database) as started:
            figures.add(SUBJECT, "start of the server until it answers, s", started.started_in)
