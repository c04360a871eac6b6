"""The load generator counts responses by status, and ends if the server stops answering."""

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
    """Start a server that handles each connection by one of these functions; yield its port."""
    with socket.create_server((HOST, 0)) as listening:

        def serve(behave: Callable[[socket.socket], None]) -> None:
            # The client may have closed the connection.
            with suppress(OSError):
                behave(listening.accept()[0])

        for behave in behaviours:
            threading.Thread(target=serve, args=[behave], daemon=True).start()
        yield listening.getsockname()[1]


def answering(*answers: bytes, after: float = 0) -> Callable[[socket.socket], None]:
    """Return a handler that sends these responses, one per request, and closes the connection."""

    def behave(connection: socket.socket) -> None:
        with connection:
            for answer in answers:
                connection.recv(10_000)
                sleep(after)
                connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(10_000):
                pass  # unread data would reset the connection

    return behave


def in_pieces(connection: socket.socket) -> None:
    with connection:
        connection.recv(10_000)
        for byte in OK:
            connection.sendall(bytes([byte]))
            sleep(0.001)


def run_load(port: int, connections: int = 1, seconds: float = 0) -> generator.Load:
    return load(port, lambda: request("GET", "/", {}), connections=connections, seconds=seconds)


def test_responses_are_counted_by_status() -> None:
    with server(answering(OK), answering(REFUSED), in_pieces) as port:
        result = run_load(port, connections=3)
    assert result.statuses == {200: 2, 409: 1}
    assert len(result.latencies) == 3


def test_the_server_may_close_a_finished_connection() -> None:
    with server(answering(OK), answering(OK, after=0.2)) as port:
        assert run_load(port, connections=2).done == 2


def test_a_connection_closed_too_early_ends_the_run_and_reports_the_statuses() -> None:
    with server(answering(OK, OK)) as port, pytest.raises(ConnectionError, match="200: 2"):
        run_load(port, seconds=60)


def test_a_server_that_does_not_answer_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "PATIENCE", 0.05)
    with server(answering(OK, after=3)) as port, pytest.raises(TimeoutError):
        run_load(port)


def test_a_response_of_unknown_length_ends_the_run() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with server(answering(chunked)) as port, pytest.raises(ValueError, match="its length"):
        run_load(port)
