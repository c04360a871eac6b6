"""As many requests as a number of connections can have answered, one at a time on each."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from benchmarks.figures import Figures, p99
from benchmarks.http import Answer, Browser


@dataclass
class Load:
    """What came of it. Latencies are in milliseconds; `client_cores` is what this process took
    of the machine that it shares with the server."""

    seconds: float
    client_cores: float = 0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        return self.statuses[200]

    @property
    def median(self) -> float:
        return statistics.median(self.latencies)

    def count(self, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        self.latencies.append(answer.milliseconds)

    def add_to(self, figures: Figures, subject: str, name: str) -> None:
        figures.add(subject, f"{name}, per second", len(self.latencies) / self.seconds)
        figures.add(subject, f"{name}, p50 ms", self.median)
        figures.add(subject, f"{name}, p99 ms", p99(self.latencies))


def load(port: int, next_request: Callable[[], bytes], *, connections: int, seconds: float) -> Load:
    """Every request that was sent is answered before this returns, so that presses can be
    counted."""
    return asyncio.run(_load(port, next_request, connections, seconds))


async def _load(
    port: int, next_request: Callable[[], bytes], connections: int, seconds: float
) -> Load:
    found = Load(seconds)
    began, cpu_began = time.perf_counter(), time.process_time()

    async def press() -> None:
        with closing(Browser(port)) as browser:
            while time.perf_counter() - began < seconds:
                found.count(await browser.ask(next_request()))

    await asyncio.gather(*[press() for _ in range(connections)])
    found.seconds = time.perf_counter() - began
    found.client_cores = (time.process_time() - cpu_began) / found.seconds
    return found
