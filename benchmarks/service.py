"""Measure the start-up time and the memory of the service."""

from __future__ import annotations

from collections.abc import Callable

import psutil

from benchmarks.postgres import Database
from benchmarks.results import Results
from benchmarks.sites import megabytes, site

SUBJECT = "The service"
RESIDENT = "resident memory, server and 2 workers (RSS), MB"


def measure_start(
    results: Results, database: Database, *, repetitions: int, progress: Callable[[str], None]
) -> None:
    for repetition in range(1, repetitions + 1):
        progress(f"start-up, {repetition} of {repetitions}")
        with site(database) as started:
            results.add(SUBJECT, "start of the server until it answers, s", started.started_in)


def measure_memory(results: Results, server: psutil.Process) -> None:
    """Measure the memory of a server after it has handled requests."""
    rss, pss = megabytes(server)
    results.add(SUBJECT, RESIDENT, rss)
    results.add(SUBJECT, "the same, shared pages counted once (PSS), MB", pss)
