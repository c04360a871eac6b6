"""Send a download chunk by chunk from a thread of its own, with fakes of granian's protocol."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from studio import downloads
from studio.downloads import send_download

HEADERS = [("content-type", "text/csv")]


@dataclass
class File:
    """A response of three chunks, which remembers the threads that read and closed it."""

    fails: bool = False
    read: int = 0
    threads: set[int] = field(default_factory=set)
    is_closed: bool = False

    def __iter__(self) -> "File":
        return self

    def __next__(self) -> bytes:
        self.threads.add(threading.get_ident())
        if self.fails:
            raise RuntimeError("raised by a test")
        self.read += 1
        if self.read > 3:
            raise StopIteration
        return b"%d;" % self.read

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.is_closed = True


@dataclass
class Transport:
    """The chunks that a browser got, with the number of chunks that were read by then."""

    file: File
    before: Callable[[], Awaitable[None]] | None = None
    sent: list[tuple[bytes, int]] = field(default_factory=list)

    async def send_bytes(self, chunk: bytes) -> None:
        if self.before:
            await self.before()
        self.sent.append((chunk, self.file.read))


@dataclass
class Protocol:
    transport: Transport
    started: list[Any] = field(default_factory=list)

    def response_stream(self, status: int, headers: object) -> Transport:
        self.started = ["stream", status]
        return self.transport

    def response_empty(self, status: int, headers: object) -> None:
        self.started = ["empty", status]


def send(transport: Transport, method: str = "GET") -> Protocol:
    protocol = Protocol(transport)
    # In a thread, because the browser of other tests has an event loop in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        sending = send_download(protocol, method, 200, HEADERS, transport.file)  # type: ignore[arg-type]
        thread.submit(asyncio.run, sending).result()
    return protocol


def test_a_chunk_is_read_after_the_one_before_it_was_sent() -> None:
    transport = Transport(File())
    assert send(transport).started == ["stream", 200]
    assert transport.sent == [(b"1;", 1), (b"2;", 2), (b"3;", 3)]


def test_one_thread_reads_and_closes_the_file() -> None:
    file = File()
    send(Transport(file))
    assert file.is_closed
    assert len(file.threads) == 1
    assert threading.get_ident() not in file.threads


def test_a_browser_that_leaves_ends_the_file() -> None:
    async def leave() -> None:
        raise ProtocolClosed

    file = File()
    send(Transport(file, leave))
    assert file.is_closed
    assert file.read == 1


def test_a_browser_that_takes_nothing_ends_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stall() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(downloads, "STALLED_SECONDS", 0.01)
    file = File()
    send(Transport(file, stall))
    assert file.is_closed
    assert file.read == 1


def test_an_error_of_ours_ends_the_file_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    file = File(fails=True)
    send(Transport(file))
    assert file.is_closed
    assert "a download failed" in caplog.text


def test_head_reads_nothing() -> None:
    file = File()
    assert send(Transport(file), "HEAD").started == ["empty", 200]
    assert file.read == 0
    assert file.is_closed
