"""Measure the start-up time and the memory of the service, and its pages under slow clients."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import psutil

from benchmarks.http import HOST, request, sign_in
from benchmarks.load import load
from benchmarks.postgres import Database
from benchmarks.results import Results, p99
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


# A request whose body never comes whole.
HALF = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
)
EACH = 50  # slow and silent clients
SECONDS = 4.0


def measure_slow_clients(
    results: Results,
    database: Database,
    person: tuple[str, str],
    *,
    repetitions: int,
    progress: Callable[[str], None],
) -> None:
    """Load the desk's page with and without clients whose requests never end."""
    with site(database) as started:
        port = started.port
        page = request("GET", "/purchases/", {"Cookie": sign_in(port, *person).cookie})
        for repetition in range(1, repetitions + 1):
            progress(f"slow clients, {repetition} of {repetitions}")
            quiet = load(port, lambda: page, connections=1, seconds=SECONDS)
            with slow_clients(port):
                busy = load(port, lambda: page, connections=1, seconds=SECONDS)
            results.add(SUBJECT, "the desk's page, p99 ms", p99(quiet.latencies))
            name = f"the same beside {EACH} slow and {EACH} silent clients, p99 ms"
            results.add(SUBJECT, name, p99(busy.latencies))


@contextmanager
def slow_clients(port: int) -> Iterator[None]:
    """Open connections of which one half sends a byte a second, and the other half nothing."""
    ended = threading.Event()
    with ExitStack() as opened:
        clients = []
        for _ in range(2 * EACH):
            client = opened.enter_context(socket.create_connection((HOST, port)))
            client.sendall(HALF)
            clients.append(client)

        def send_slowly() -> None:
            while not ended.wait(1):
                for client in clients[:EACH]:
                    client.sendall(b"a")

        sender = threading.Thread(target=send_slowly)
        sender.start()
        time.sleep(1)
        try:
            yield
        finally:
            ended.set()
            sender.join()
