"""Store the measurements of each repetition and format them."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence

# Results of this subject must be 0, or the run is void.
INTEGRITY = "Integrity"


class Results:
    """Values by subject and name. A ratio compares values of one repetition, because the speed of
    the machine varies."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.notes: list[str] = []

    def add(self, subject: str, name: str, value: float) -> None:
        self.values[subject, name].append(value)

    def of(self, subject: str, name: str) -> list[float]:
        values = self.values.get((subject, name))
        if not values:
            raise LookupError(f"{subject}: {name} was not measured")
        return values

    def ratio(self, above: tuple[str, str], below: tuple[str, str]) -> list[float]:
        return [a / b for a, b in zip(self.of(*above), self.of(*below), strict=True)]

    def tables(self) -> Iterable[str]:
        """Yield a Markdown table for each subject: median, lowest, highest, repetitions."""
        for subject in dict.fromkeys(subject for subject, _ in self.values):
            rows = [
                [
                    name,
                    format_number(statistics.median(values)),
                    format_number(min(values)),
                    format_number(max(values)),
                    len(values),
                ]
                for (row_subject, name), values in self.values.items()
                if row_subject == subject
            ]
            head = ["", "median", "lowest", "highest", "repetitions"]
            yield f"## {subject}\n\n{table(head, rows)}"


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98]


def table(head: list[str], rows: Sequence[Sequence[object]]) -> str:
    lines: list[Sequence[object]] = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def format_number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3g}"
