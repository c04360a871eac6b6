"""What was measured, repetition by repetition, and how it is shown."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence

# Results that have to be 0, or the run is void.
INTEGRITY = "Integrity"


class Results:
    """Values by subject and name. Ratios are of the same repetition: the machine is not equally
    fast all the time."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.notes: list[str] = []

    def add(self, subject: str, name: str, value: float) -> None:
        self.values[subject, name].append(value)

    def of(self, subject: str, name: str) -> list[float]:
        found = self.values.get((subject, name))
        if not found:
            raise LookupError(f"{subject}: {name} was not measured")
        return found

    def ratio(self, above: tuple[str, str], below: tuple[str, str]) -> list[float]:
        return [a / b for a, b in zip(self.of(*above), self.of(*below), strict=True)]

    def tables(self) -> Iterable[str]:
        """A Markdown table for each subject: median, lowest, highest, how often."""
        for subject in dict.fromkeys(subject for subject, _ in self.values):
            rows = [
                [name, say(statistics.median(found)), say(min(found)), say(max(found)), len(found)]
                for (where, name), found in self.values.items()
                if where == subject
            ]
            head = ["", "median", "lowest", "highest", "repetitions"]
            yield f"## {subject}\n\n{table(head, rows)}"


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98]


def table(head: list[str], rows: Sequence[Sequence[object]]) -> str:
    lines: list[Sequence[object]] = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def say(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3g}"
