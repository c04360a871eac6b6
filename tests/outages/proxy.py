"""A proxy between Django and PostgreSQL that cuts the connection at a chosen point.

It parses message boundaries and detects the statement of an action (reinstate, use, undo). That
statement is its own transaction. PostgreSQL executes it at Execute and sends the result, but
commits at the following Sync. Only ReadyForQuery confirms the commit.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from threading import Event, Thread

# Request codes for encryption, sent before the first message. The proxy declines them.
ENCRYPTION = (80877103, 80877104)
CANCEL = 80877102
FLUSH = b"H\x00\x00\x00\x04"
# Only the statement of an action contains this text (purchases/operations/sessions.py).
ACTION_MARKER = b"studio.event_id"


class Cut(Enum):
    """When to cut the connection, and how much of PostgreSQL's response Django has received."""

    NOT_SENT = "PostgreSQL never receives the statement"
    NOT_COMMITTED = "PostgreSQL executes without commit; Django receives nothing"
    RESULT_WITHOUT_COMMIT = "PostgreSQL executes without commit; Django receives the result"
    NO_RESPONSE = "PostgreSQL commits; Django receives nothing"
    PARTIAL_RESPONSE = "PostgreSQL commits; Django receives the first bytes of the result"
    NO_READY_FOR_QUERY = "PostgreSQL commits; Django receives all except ReadyForQuery"


BEFORE_COMMIT = (Cut.NOT_SENT, Cut.NOT_COMMITTED, Cut.RESULT_WITHOUT_COMMIT)
AFTER_COMMIT = (Cut.NO_RESPONSE, Cut.PARTIAL_RESPONSE, Cut.NO_READY_FOR_QUERY)
RECEIVED = {
    Cut.RESULT_WITHOUT_COMMIT: slice(None),
    Cut.PARTIAL_RESPONSE: slice(20),
    Cut.NO_READY_FOR_QUERY: slice(-6),  # the length of ReadyForQuery
}


class Proxy:
    def __init__(self, host: str, port: int) -> None:
        """`host` is the host name of PostgreSQL or the folder of its socket."""
        self.upstream = host, port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.next_cut: Cut | None = None
        self.cuts = 0
        # While it is not set, no byte passes, and no connection ends: the network is silent.
        self.forwards = Event()
        self.forwards.set()

    @contextmanager
    def silence(self) -> Iterator[None]:
        self.forwards.clear()
        try:
            yield
        finally:
            self.forwards.set()

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # the listener was closed
                return
            Thread(target=self.handle, args=[client], daemon=True).start()

    def handle(self, client: socket.socket) -> None:
        self.forwards.wait()
        try:
            server = connect(*self.upstream)
        except OSError:  # PostgreSQL is down
            close(client)
            return
        ProxiedConnection(self, client, server).from_client()


class ProxiedConnection:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy = proxy
        self.client = client
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server = server
        self.action_statements: set[bytes] = set()
        self.cut_at: Cut | None = None
        self.withheld = b""

    def from_client(self) -> None:
        with suppress(OSError, EOFError):
            self.start_up()
            Thread(target=self.from_server, daemon=True).start()
            while True:
                kind, message = read_message(self.client)
                self.proxy.forwards.wait()
                self.watch(kind, message)
                if self.cut_at is Cut.NOT_SENT:
                    break
                if self.cut_at in BEFORE_COMMIT and kind == b"E":
                    # Without Sync there is no commit. Flush requests the result.
                    self.server.sendall(message + FLUSH)
                    return
                self.server.sendall(message)
        self.close()

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
        """Set `cut_at` when the client binds the statement of an action."""
        if kind == b"P":
            name, text = message[5:].split(b"\0")[:2]
            (
                self.action_statements.add
                if ACTION_MARKER in text
                else self.action_statements.discard
            )(name)
        if kind == b"B" and message[5:].split(b"\0")[1] in self.action_statements:
            self.cut_at, self.proxy.next_cut = self.proxy.next_cut, None
            self.proxy.cuts += self.cut_at is not None

    def from_server(self) -> None:
        with suppress(OSError, EOFError):
            while True:
                kind, message = read_message(self.server)
                self.proxy.forwards.wait()
                if self.cut_at is None:
                    self.client.sendall(message)
                    continue
                self.withheld += message
                if kind in (b"CE" if self.cut_at in BEFORE_COMMIT else b"Z"):
                    if self.cut_at in RECEIVED:
                        self.client.sendall(self.withheld[RECEIVED[self.cut_at]])
                    break
        self.close()

    def close(self) -> None:
        close(self.client)
        close(self.server)


def connect(host: str, port: int) -> socket.socket:
    """Connect to PostgreSQL, by TCP or by the socket in the folder `host`."""
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        server.close()
        raise
    return server


def close(peer: socket.socket) -> None:
    """Close it, and end the wait of a thread that reads from it."""
    with suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)
    peer.close()


def read_message(peer: socket.socket) -> tuple[bytes, bytes]:
    """Return the type of the next message and the whole message."""
    head = read(peer, 5)
    kind, length = struct.unpack("!cI", head)
    return kind, head + read(peer, length - 4)


def read(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
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
        proxy.listener.shutdown(socket.SHUT_RDWR)
        proxy.listener.close()
