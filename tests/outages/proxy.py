"""Stands between Django and PostgreSQL, and cuts the connection at a moment that is chosen.

It knows as much of the protocol as that takes: where one message ends, and which one runs the
statement of an act. Such a statement is a transaction by itself. PostgreSQL runs it at Execute,
and says so, but commits it at the Sync that follows; only ReadyForQuery tells that it did.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from threading import Thread

# Asked before the first message: whether the connection may be encrypted. It may not, here.
ENCRYPTION = (80877103, 80877104)
CANCEL = 80877102
FLUSH = b"H\x00\x00\x00\x04"
# Only the statement of an act has it (purchases/operations/sessions.py).
OF_AN_ACT = b"studio.event_id"


class Moment(Enum):
    """When to cut, and how much of PostgreSQL's answer has reached Django by then."""

    NOT_ASKED = "PostgreSQL never gets the statement"
    NOT_COMMITTED = "it ran the statement and may not commit it; Django heard nothing"
    PRAISED_TOO_EARLY = "the same, but Django got the whole result but ReadyForQuery"
    NOT_TOLD = "it committed; Django heard nothing"
    HALF_TOLD = "it committed; Django got the first bytes of the result"
    NOT_CONFIRMED = "it committed; Django got the whole result but ReadyForQuery"


BEFORE_COMMIT = (Moment.NOT_ASKED, Moment.NOT_COMMITTED, Moment.PRAISED_TOO_EARLY)
AFTER_COMMIT = (Moment.NOT_TOLD, Moment.HALF_TOLD, Moment.NOT_CONFIRMED)
HEARD = {
    Moment.PRAISED_TOO_EARLY: slice(None),
    Moment.HALF_TOLD: slice(20),
    Moment.NOT_CONFIRMED: slice(-6),  # the length of ReadyForQuery
}


class Proxy:
    def __init__(self, host: str, port: int) -> None:
        """`host` is PostgreSQL's, or the folder of its socket."""
        self.upstream = host, port
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.door.getsockname()[1]
        self.next_cut: Moment | None = None
        self.cuts = 0

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.door.accept()
            except OSError:  # the door was closed
                return
            Thread(target=Line(self, client).from_client, daemon=True).start()

    def connect(self) -> socket.socket:
        host, port = self.upstream
        if not host.startswith("/"):
            return socket.create_connection(self.upstream)
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server


class Line:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket) -> None:
        self.proxy = proxy
        self.client = client
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server = proxy.connect()
        self.acts: set[bytes] = set()
        self.cut_at: Moment | None = None
        self.withheld = b""

    def from_client(self) -> None:
        with suppress(OSError, EOFError):
            self.start_up()
            Thread(target=self.from_server, daemon=True).start()
            while True:
                kind, message = read_message(self.client)
                self.watch(kind, message)
                if self.cut_at is Moment.NOT_ASKED:
                    break
                if self.cut_at in BEFORE_COMMIT and kind == b"E":
                    # Without Sync there is no commit; Flush asks for the result nevertheless.
                    self.server.sendall(message + FLUSH)
                    return
                self.server.sendall(message)
        self.hang_up()

    def start_up(self) -> None:
        while True:
            length = self.client.recv(4, socket.MSG_WAITALL)
            if len(length) < 4:
                raise EOFError
            body = read(self.client, struct.unpack("!I", length)[0] - 4)
            (code,) = struct.unpack("!I", body[:4])
            if code not in ENCRYPTION:
                self.server.sendall(length + body)
                return
            self.client.sendall(b"N")

    def watch(self, kind: bytes, message: bytes) -> None:
        """Take the cut that is due, once a statement of an act is about to run."""
        if kind == b"P":
            name, text = message[5:].split(b"\0")[:2]
            (self.acts.add if OF_AN_ACT in text else self.acts.discard)(name)
        if kind == b"B" and message[5:].split(b"\0")[1] in self.acts:
            self.cut_at, self.proxy.next_cut = self.proxy.next_cut, None
            self.proxy.cuts += self.cut_at is not None

    def from_server(self) -> None:
        with suppress(OSError, EOFError):
            while True:
                kind, message = read_message(self.server)
                if self.cut_at is None:
                    self.client.sendall(message)
                    continue
                self.withheld += message
                if kind in (b"CE" if self.cut_at in BEFORE_COMMIT else b"Z"):
                    if self.cut_at in HEARD:
                        self.client.sendall(self.withheld[HEARD[self.cut_at]])
                    break
        self.hang_up()

    def hang_up(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def read_message(end: socket.socket) -> tuple[bytes, bytes]:
    """A message's type, and the whole of it."""
    head = read(end, 5)
    kind, length = struct.unpack("!cI", head)
    return kind, head + read(end, length - 4)


def read(end: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = end.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


@contextmanager
def proxy_to(host: str, port: int) -> Iterator[Proxy]:
    proxy = Proxy(host, port)
    Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.door.shutdown(socket.SHUT_RDWR)
        proxy.door.close()
