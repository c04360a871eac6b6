"""As many requests as a number of connections can have answered, one at a time on each."""

from __future__ import annotations

import os
import resource
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.http import HOST, length_of, status_of


@dataclass
class Load:
    """What came of it. Latencies are in milliseconds; `client_cores` is what this process took
    of the machine that it shares with the server."""

    seconds: float = 0
    client_cores: float = 0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def done(self) -> int:
        return self.statuses[200]

    def percentile(self, share: float) -> float:
        return percentile(self.latencies, share)


class _Line:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.sent_at = 0.0

    def send(self, what: bytes) -> None:
        self.received.clear()
        self.sent_at = time.perf_counter()
        self.socket.sendall(what)


def load(port: int, next_request: Callable[[], bytes], *, connections: int, seconds: float) -> Load:
    """Every request that was sent is answered before this returns, so that presses can be
    counted."""
    found = Load()
    lines = [_Line(port) for _ in range(connections)]
    began, cpu_began = time.perf_counter(), _cpu_seconds()
    until = began + seconds
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send(next_request())
        waiting = connections
        while waiting:
            for key, _ in selector.select(timeout=60):
                line = key.data
                part = line.socket.recv(1 << 18)
                if not part:
                    raise ConnectionError("the server hung up")
                line.received += part
                length = length_of(line.received)
                if length is None or len(line.received) < length:
                    continue
                now = time.perf_counter()
                found.latencies.append((now - line.sent_at) * 1000)
                found.statuses[status_of(line.received)] += 1
                if now < until:
                    line.send(next_request())
                else:
                    waiting -= 1
    found.seconds = time.perf_counter() - began
    found.client_cores = (_cpu_seconds() - cpu_began) / found.seconds
    for line in lines:
        line.socket.close()
    return found


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


CORES = os.cpu_count() or 1
