"""As many requests as a number of connections can have answered, one at a time on each.

On bare sockets, without an event loop: it shares two cores with what it measures, and streams of
asyncio took a tenth of a press.
"""

from __future__ import annotations

import selectors
import socket
import statistics
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import cast

from benchmarks.http import HOST, status_of
from benchmarks.results import Results, p99

AT_ONCE = 2**18  # bytes that are read
PATIENCE = 30  # seconds, with a server that answers nobody


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

    def count(self, status: int, milliseconds: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(milliseconds)

    def add_to(self, results: Results, subject: str, name: str) -> None:
        results.add(subject, f"{name}, per second", len(self.latencies) / self.seconds)
        results.add(subject, f"{name}, p50 ms", self.median)
        results.add(subject, f"{name}, p99 ms", p99(self.latencies))


def load(port: int, next_request: Callable[[], bytes], *, connections: int, seconds: float) -> Load:
    """Every request that was sent is answered before this returns, so that presses can be
    counted."""
    found = Load(seconds)
    began, cpu_began = time.perf_counter(), time.process_time()
    # When the request was sent, and what came back of its answer.
    asked: dict[socket.socket, tuple[float, bytes]] = {}

    def ask(connection: socket.socket) -> None:
        request = next_request()
        asked[connection] = (time.perf_counter(), b"")
        connection.sendall(request)

    with ExitStack() as opened, selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = opened.enter_context(socket.create_connection((HOST, port)))
            # Else the kernel may wait for more of a request before it sends it.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ)
            ask(connection)
        while asked:
            ready = selector.select(PATIENCE)
            if not ready:
                raise TimeoutError(f"no answer in {PATIENCE} seconds; before: {found.statuses}")
            for key, _events in ready:
                connection = cast("socket.socket", key.fileobj)
                sent_at, before = asked.pop(connection)
                received = connection.recv(AT_ONCE)
                if not received:
                    raise ConnectionError(f"the server hung up; before: {found.statuses}")
                answer = before + received
                status = status_of(answer)
                now = time.perf_counter()
                if status is None:
                    asked[connection] = (sent_at, answer)
                    continue
                found.count(status, (now - sent_at) * 1000)
                if now - began < seconds:
                    ask(connection)
                else:
                    selector.unregister(connection)
    found.seconds = time.perf_counter() - began
    found.client_cores = (time.process_time() - cpu_began) / found.seconds
    return found
