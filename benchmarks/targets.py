"""The targets of a benchmark run, mostly as ratios."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Literal

from benchmarks import pages, reinstate, service
from benchmarks.results import INTEGRITY, Results, format_number, table

Name = tuple[str, str]  # (subject, name) of a result


@dataclass(frozen=True)
class Target:
    """A bound for a result, or for its ratio to another result."""

    text: str
    wanted: Literal["at least", "at most"]
    bound: float
    above: Name
    below: Name | None = None

    def row(self, results: Results) -> list[object]:
        wanted = f"{self.wanted} {format_number(self.bound)}"
        try:
            values = (
                results.ratio(self.above, self.below) if self.below else results.of(*self.above)
            )
        except LookupError:
            return [self.text, wanted, "not measured", "", ""]
        median = statistics.median(values)
        is_reached = median >= self.bound if self.wanted == "at least" else median <= self.bound
        spread = f"{format_number(min(values))} – {format_number(max(values))}"
        return [self.text, wanted, format_number(median), spread, "yes" if is_reached else "**no**"]


def targets(sizes: list[int], search_count: int) -> list[Target]:
    smallest, largest = min(sizes), max(sizes)
    all_targets = [
        Target(
            "reinstatement, 16 connections, per second ÷ pgbench at 8 clients",
            "at least",
            0.13,
            (reinstate.SUBJECT, "Studio, 16 connections, per second"),
            (reinstate.SUBJECT, "pgbench, 8 clients, per second"),
        ),
        Target(
            "reinstatement, 1 connection, p50 ÷ pgbench at 1 client",
            "at most",
            4.5,
            (reinstate.SUBJECT, "Studio, 1 connection, p50 ms"),
            (reinstate.SUBJECT, "pgbench, 1 client, mean ms"),
        ),
        Target(
            "reinstatement ÷ by the tutorial, with select_for_update",
            "at least",
            10,
            (reinstate.SUBJECT, "Studio, 16 connections, per second"),
            (reinstate.SUBJECT, "by the tutorial, 16 connections, per second"),
        ),
        Target(
            "reinstatement ÷ FastAPI without a sign-in",
            "at least",
            0.55,
            (reinstate.SUBJECT, "Studio, 16 connections, per second"),
            (reinstate.SUBJECT, "FastAPI, 16 connections, per second"),
        ),
        Target(
            "one pack, 16 connections ÷ pgbench on one pack",
            "at least",
            0.35,
            (reinstate.SUBJECT, "Studio, 16 connections, one pack, per second"),
            (reinstate.SUBJECT, "pgbench, 8 clients, one pack, per second"),
        ),
        Target(
            "reinstatement, 1 connection, p99 ÷ p50",
            "at most",
            3,
            (reinstate.SUBJECT, "Studio, 1 connection, p99 ms"),
            (reinstate.SUBJECT, "Studio, 1 connection, p50 ms"),
        ),
    ]
    for state in pages.STATES:
        for place in ("first page", "half way"):
            all_targets.append(
                Target(
                    f"desk page, {state}, {place}: {largest:,} ÷ {smallest:,}",
                    "at most",
                    1.2,
                    (pages.SUBJECT, f"{state}, {place}, {largest:,}: server ms"),
                    (pages.SUBJECT, f"{state}, {place}, {smallest:,}: server ms"),
                )
            )
    p99 = (pages.SEARCHES, f"{largest:,}, {search_count} searches, p99: server ms")
    all_targets.append(Target(f"search of {largest:,}, p99, ms", "at most", 25, p99))
    for place, times in (("first page", 20), ("half way", 200)):
        name = f"{place}, {largest:,}: server ms"
        all_targets.append(
            Target(
                f"admin's way ÷ desk page, {place}, {largest:,}",
                "at least",
                times,
                (pages.ADMIN, name),
                (pages.SUBJECT, f"all, {name}"),
            )
        )
    resident = (service.SUBJECT, service.RESIDENT)
    all_targets.append(Target("resident memory, MB", "at most", 200, resident))
    return all_targets


def verdict(results: Results, sizes: list[int], search_count: int) -> str:
    head = ["", "target", "median", "range", "reached"]
    return table(head, [target.row(results) for target in targets(sizes, search_count)])


def is_void(results: Results) -> list[str]:
    """Return the reasons why a run is void: lost or doubled sessions.

    The naive peer is the negative control: it must lose sessions.
    """
    reasons = []
    for (subject, name), values in results.values.items():
        if subject == INTEGRITY:
            may_lose = "naive" in name
            if any(values) != may_lose:
                reasons.append(f"{name}: {values[0]:.0f}")
    return reasons
