"""The benchmark counts what it was answered, and does not wait for what never comes."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import sleep

import pytest

from benchmarks import load as generator
from benchmarks.http import HOST, request
from benchmarks.load import load

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"
REFUSED = b"HTTP/1.1 409 Conflict\r\ncontent-length: 0\r\n\r\n"


@contextmanager
def server(*behaviours: Callable[[socket.socket], None]) -> Iterator[int]:
    """Its port. Each connection gets one of these."""
    with socket.create_server((HOST, 0)) as listening:

        def serve(behave: Callable[[socket.socket], None]) -> None:
            # Whoever asked may be gone by now.
            with suppress(OSError):
                behave(listening.accept()[0])

        for behave in behaviours:
            threading.Thread(target=serve, args=[behave], daemon=True).start()
        yield listening.getsockname()[1]


def answering(*answers: bytes, after: float = 0) -> Callable[[socket.socket], None]:
    """So, one request after another, and then it hangs up."""

    def behave(connection: socket.socket) -> None:
        with connection:
            for answer in answers:
                connection.recv(10_000)
                sleep(after)
                connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(10_000):
                pass  # else what was sent meanwhile would be answered by a reset

    return behave


def in_pieces(connection: socket.socket) -> None:
    with connection:
        connection.recv(10_000)
        for byte in OK:
            connection.sendall(bytes([byte]))
            sleep(0.001)


def ask(port: int, connections: int = 1, seconds: float = 0) -> generator.Load:
    return load(port, lambda: request("GET", "/", {}), connections=connections, seconds=seconds)


def test_every_answer_is_counted_by_its_status() -> None:
    with server(answering(OK), answering(REFUSED), in_pieces) as port:
        found = ask(port, connections=3)
    assert found.statuses == {200: 2, 409: 1}
    assert len(found.latencies) == 3


def test_who_is_done_may_hang_up_while_others_wait() -> None:
    with server(answering(OK), answering(OK, after=0.2)) as port:
        assert ask(port, connections=2).done == 2


def test_a_server_that_hangs_up_too_early_ends_the_run_and_says_what_it_answered() -> None:
    with server(answering(OK, OK)) as port, pytest.raises(ConnectionError, match="200: 2"):
        ask(port, seconds=60)


def test_a_server_that_answers_nobody_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "PATIENCE", 0.05)
    with server(answering(OK, after=3)) as port, pytest.raises(TimeoutError):
        ask(port)


def test_an_answer_of_unknown_length_ends_the_run() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with server(answering(chunked)) as port, pytest.raises(ValueError, match="its length"):
        ask(port)
