"""Send as many requests as a number of connections allow, one at a time on each.

It uses plain sockets, because it shares two cores with the server. With asyncio streams, the load
generator took a tenth of the time of a request.
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

READ_SIZE = 2**18  # bytes
PATIENCE = 30  # seconds without any response


@dataclass
class Load:
    """The result of a load. Latencies are in milliseconds. `client_cores` is the CPU use of the
    load generator."""

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
    """Send requests for `seconds`, and wait for all responses, so that effects can be counted."""
    result = Load(seconds)
    began, cpu_began = time.perf_counter(), time.process_time()
    # The time of each pending request, and the received part of its response.
    pending: dict[socket.socket, tuple[float, bytes]] = {}

    def send(connection: socket.socket) -> None:
        request = next_request()
        pending[connection] = (time.perf_counter(), b"")
        connection.sendall(request)

    with ExitStack() as opened, selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = opened.enter_context(socket.create_connection((HOST, port)))
            # Without TCP_NODELAY, the kernel may delay small writes.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ)
            send(connection)
        while pending:
            ready = selector.select(PATIENCE)
            if not ready:
                raise TimeoutError(f"no answer in {PATIENCE} seconds; before: {result.statuses}")
            for key, _events in ready:
                connection = cast("socket.socket", key.fileobj)
                sent_at, before = pending.pop(connection)
                received = connection.recv(READ_SIZE)
                if not received:
                    raise ConnectionError(f"the server hung up; before: {result.statuses}")
                answer = before + received
                status = status_of(answer)
                now = time.perf_counter()
                if status is None:
                    pending[connection] = (sent_at, answer)
                    continue
                result.count(status, (now - sent_at) * 1000)
                if now - began < seconds:
                    send(connection)
                else:
                    selector.unregister(connection)
    result.seconds = time.perf_counter() - began
    result.client_cores = (time.process_time() - cpu_began) / result.seconds
    return result
