"""What is aimed at, as ratios of the same run."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import acts, pages, service
from benchmarks.figures import Figures, say, table


@dataclass(frozen=True)
class Target:
    text: str
    at_least: bool
    bound: float
    values: Callable[[Figures], list[float]]

    def row(self, figures: Figures) -> list[object]:
        wanted = f"{'at least' if self.at_least else 'at most'} {say(self.bound)}"
        try:
            found = self.values(figures)
        except LookupError:
            return [self.text, wanted, "not measured", "", ""]
        median = statistics.median(found)
        reached = median >= self.bound if self.at_least else median <= self.bound
        spread = f"{say(min(found))} – {say(max(found))}"
        return [self.text, wanted, say(median), spread, "yes" if reached else "**no**"]


def targets(sizes: list[int], searched: int) -> list[Target]:
    smallest, largest = min(sizes), max(sizes)
    found = [
        Target(
            "reinstatement, 16 connections, per second ÷ pgbench at 8 clients",
            True,
            0.13,
            _of("Studio, 16 connections, per second", "pgbench, 8 clients, per second"),
        ),
        Target(
            "reinstatement, 1 connection, p50 ÷ pgbench at 1 client",
            False,
            4.5,
            _of("Studio, 1 connection, p50 ms", "pgbench, 1 client, mean ms"),
        ),
        Target(
            "reinstatement ÷ by the tutorial, with select_for_update",
            True,
            10,
            _of(
                "Studio, 16 connections, per second", "by the tutorial, 16 connections, per second"
            ),
        ),
        Target(
            "reinstatement ÷ FastAPI without a sign-in",
            True,
            0.55,
            _of("Studio, 16 connections, per second", "FastAPI, 16 connections, per second"),
        ),
        Target(
            "one pack, 16 connections ÷ pgbench on one pack",
            True,
            0.35,
            _of(
                "Studio, 16 connections, one pack, per second",
                "pgbench, 8 clients, one pack, per second",
            ),
        ),
        Target(
            "reinstatement, 1 connection, p99 ÷ p50",
            False,
            3,
            _of("Studio, 1 connection, p99 ms", "Studio, 1 connection, p50 ms"),
        ),
    ]
    for state in pages.STATES:
        for place in ("first page", "half way"):
            found.append(
                Target(
                    f"desk page, {state}, {place}: {largest:,} ÷ {smallest:,}",
                    False,
                    1.2,
                    _page(
                        f"{state}, {place}, {largest:,}: server ms",
                        f"{state}, {place}, {smallest:,}: server ms",
                    ),
                )
            )
    p99 = f"{largest:,}, {searched} searches, p99: server ms"
    found.append(
        Target(f"search of {largest:,}, p99, ms", False, 30, lambda f: f.of(pages.SEARCHES, p99))
    )
    for place, times in (("first page", 20), ("half way", 200)):
        found.append(
            Target(
                f"admin's way ÷ desk page, {place}, {largest:,}",
                True,
                times,
                _admin(f"{place}, {largest:,}: server ms"),
            )
        )
    memory = "resident memory, server and 2 workers (RSS), MB"
    found.append(Target("resident memory, MB", False, 200, lambda f: f.of(service.SUBJECT, memory)))
    return found


def verdict(figures: Figures, sizes: list[int], searched: int) -> str:
    head = ["", "target", "median", "range", "reached"]
    return table(head, [target.row(figures) for target in targets(sizes, searched)])


def is_void(figures: Figures) -> list[str]:
    """What makes a run worthless: a session that was lost or doubled, but by the naive way, which
    has to lose some."""
    found = []
    for (subject, name), values in figures.values.items():
        if subject == "Integrity":
            may_lose = "naive" in name
            if any(values) != may_lose:
                found.append(f"{name}: {values[0]:.0f}")
    return found


def _of(above: str, below: str) -> Callable[[Figures], list[float]]:
    return lambda figures: figures.ratio((acts.SUBJECT, above), (acts.SUBJECT, below))


def _page(above: str, below: str) -> Callable[[Figures], list[float]]:
    return lambda figures: figures.ratio((pages.SUBJECT, above), (pages.SUBJECT, below))


def _admin(name: str) -> Callable[[Figures], list[float]]:
    return lambda figures: figures.ratio((pages.ADMIN, name), (pages.SUBJECT, f"all, {name}"))
