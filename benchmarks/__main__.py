"""`python -m benchmarks`: run all benchmarks, in about 10 minutes once the data is loaded.

The first run needs some minutes more to load 5 million purchases.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from django.core.management.base import OutputWrapper

from benchmarks import pages, polling, reinstate, service, targets
from benchmarks.postgres import ROOT, Postgres
from benchmarks.results import Results
from purchases.management.progress import draw

PASSWORD = "studio-demo"
SUBJECTS = ["reinstate", "pages", "service", "polling"]


@dataclass(frozen=True)
class Plan:
    sizes: list[int]
    repetitions: int
    seconds: float  # of load, for each peer and number of connections
    loads: int  # of each page, in each repetition
    searches: int  # in each repetition
    polling_seconds: float  # of 500 polling desks


FULL = Plan([100_000, 1_000_000, 5_000_000], 5, 2, 10, 240, 60)
QUICK = Plan([20_000, 200_000], 5, 1, 3, 48, 6)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2 minutes, with fewer rows")
    parser.add_argument("--only", nargs="+", choices=SUBJECTS, default=SUBJECTS)
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-peers/bin/python")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks/results.md")
    options = parser.parse_args()
    plan = QUICK if options.quick else FULL
    began = time.monotonic()
    folder = Path(os.environ.get("STUDIO_DATA_DIR") or ROOT / "var") / "benchmark"
    postgres = Postgres(folder.resolve())
    progress = Progress(began)
    results = Results()
    try:
        run(results, postgres, plan, options.only, options.peers.absolute(), progress)
    finally:
        progress("")
    void = targets.is_void(results)
    text = report(results, postgres, plan, void, time.monotonic() - began)
    print(text)
    if not options.quick and options.only == SUBJECTS:
        options.results.write_text(text + "\n")
        print(f"\nWritten to {options.results}.")
    sys.exit(f"This run is void: {'; '.join(void)}" if void else 0)


class Progress:
    """A status line on the terminal."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.output = OutputWrapper(sys.stderr)

    def __call__(self, step: str) -> None:
        passed = time.monotonic() - self.began
        draw(self.output, f"{passed // 60:3.0f}:{passed % 60:02.0f}  {step}" if step else "")


def run(
    results: Results,
    postgres: Postgres,
    plan: Plan,
    only: list[str],
    peers_python: Path,
    progress: Callable[[str], None],
) -> None:
    databases = {}
    for size in plan.sizes:
        progress(f"loading {size:,} purchases")
        databases[size] = postgres.generated(size)
    largest = databases[max(plan.sizes)]
    prepare_django(largest.environment)
    largest.manage("collectstatic", "--no-input", "--verbosity", "0")
    if "service" in only:
        service.measure_start(results, largest, repetitions=plan.repetitions, progress=progress)
        service.measure_slow_clients(
            results,
            largest,
            person(max(plan.sizes)),
            repetitions=plan.repetitions,
            progress=progress,
        )
    if "pages" in only:
        pages.measure(
            results,
            databases,
            person=person,
            repetitions=plan.repetitions,
            loads=plan.loads,
            search_count=plan.searches,
            progress=progress,
        )
    if "reinstate" in only:
        progress("copying the largest database")
        desk = postgres.copy(largest, "desk")
        reinstate.measure(
            results,
            postgres,
            desk,
            person=person(max(plan.sizes)),
            peers_python=peers_python,
            repetitions=plan.repetitions,
            seconds=plan.seconds,
            progress=progress,
        )
        progress("reinstatement: check_ledger")
        desk.manage("check_ledger")
        postgres.drop(desk)
    if "polling" in only:
        polling.measure(results, postgres, seconds=plan.polling_seconds, progress=progress)


def prepare_django(environment: dict[str, str]) -> None:
    """Set up Django, because the measured statement is imported from the desk's module."""
    os.environ |= environment | {"DJANGO_SETTINGS_MODULE": "studio.settings"}
    import django

    django.setup()


def person(size: int) -> tuple[str, str]:
    """Return the username and password of the owner of a generated org."""
    return f"generated-{size}-1", PASSWORD


def report(
    results: Results, postgres: Postgres, plan: Plan, void: list[str], seconds: float
) -> str:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    packages = ["Django", "psycopg", "granian"]
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    memory = psutil.virtual_memory().total / 2**30
    head = [
        "# Benchmark",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit.stdout.strip() or 'unknown'}, "
        f"{seconds / 60:.0f} minutes. PostgreSQL {postgres.version}, "
        f"Python {platform.python_version()}, {versions}. {os.cpu_count()} cores "
        f"({platform.machine()}), {memory:.0f} GB, {platform.system()}; server, database and load "
        f"share them. Load of the machine at the end: {os.getloadavg()[0]:.1f}.",
        "Subjects are interleaved, repetition by repetition; a ratio is of one repetition. "
        "Milliseconds of pages are the median of a repetition's loads.",
    ]
    if void:
        head.append(f"**This run is void.** {'; '.join(void)}")
    notes = "\n".join(f"- {note}" for note in results.notes)
    parts = [*head, "## Targets", targets.verdict(results, plan.sizes, plan.searches)]
    parts += [*results.tables(), *(["## Notes", notes] if notes else [])]
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
