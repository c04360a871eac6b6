"""PgBouncer before the test's PostgreSQL, and a pooler of transactions that hides itself."""

import os
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from tests.database import PATIENCE, wait_until
from tests.outages.proxy import ENCRYPTION, close, connect, read, read_message
from tests.outages.site import database_url
from tests.processes import let_postgres_enter

# Another PgBouncer, as in PGBOUNCER=/opt/pgbouncer/bin/pgbouncer
BINARY = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
IS_REQUIRED = os.environ.get("SERVER_TESTS") == "required"
needs_pgbouncer = pytest.mark.skipif(
    not (Path(BINARY).exists() or IS_REQUIRED),
    reason="PgBouncer is missing: apt-get install pgbouncer",
)


class PgBouncer:
    def __init__(self, folder: Path, login: dict[str, Any], **options: object) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        self.folder = let_postgres_enter(folder)
        self.login = login
        self.options = {"pool_mode": "session", "default_pool_size": 20} | options
        self.write()

    @property
    def url(self) -> str:
        return self.url_of("studio_app")

    def url_of(self, user: str) -> str:
        return database_url(
            self.login, host="127.0.0.1", port=str(self.port), user=user, password=""
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of libpq for a connection through the pooler."""
        database = {"dbname": self.login["dbname"], "user": self.login["user"]}
        return {"host": "127.0.0.1", "port": self.port} | database

    def write(self) -> None:
        server = f"host={self.login['host']} port={self.login['port']}"
        options = {
            "listen_addr": "127.0.0.1",
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_type": "trust",
            "auth_file": self.folder / "users",
            **self.options,
        }
        lines = [f"{name} = {value}" for name, value in options.items()]
        text = "\n".join(["[databases]", f"* = {server}", "[pgbouncer]", *lines, ""])
        (self.folder / "pgbouncer.ini").write_text(text)
        (self.folder / "users").write_text('"postgres" ""\n"studio_app" ""\n')

    @contextmanager
    def running(self) -> Iterator["PgBouncer"]:
        # PgBouncer refuses to run as root, and only this user may enter the socket's folder.
        user = Path(self.login["host"]).owner() if os.geteuid() == 0 else None
        command = [BINARY, str(self.folder / "pgbouncer.ini")]
        with (self.folder.parent / f"{self.folder.name}.log").open("wb") as log:
            process = subprocess.Popen(command, user=user, stdout=log, stderr=log)
        try:
            wait_until(self.listens, "PgBouncer did not start")
            self.process = process
            yield self
        finally:
            process.kill()
            process.wait(PATIENCE)

    def listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def reload(self, **options: object) -> None:
        self.options |= options
        self.write()
        self.process.send_signal(signal.SIGHUP)


class MovingPooler:
    """A pooler of transactions that sends the clients the process ids of PostgreSQL itself.

    Each transaction gets the connection of the server that has rested longest.
    """

    def __init__(self, login: dict[str, Any], connections: int = 3) -> None:
        self.login = login
        self.servers: list[socket.socket] = []
        self.resting: Queue[socket.socket] = Queue()
        for _ in range(connections):
            server, self.greeting = self.connect()
            self.servers.append(server)
            self.resting.put(server)
        self.listener = socket.create_server(("127.0.0.1", 0))

    @property
    def parameters(self) -> dict[str, Any]:
        database = {"dbname": self.login["dbname"], "user": self.login["user"]}
        return {"host": "127.0.0.1", "port": self.listener.getsockname()[1]} | database

    def connect(self) -> tuple[socket.socket, bytes]:
        """Connect to PostgreSQL. Return the connection, and the messages of its start."""
        server = connect(self.login["host"], self.login["port"])
        fields = ["user", self.login["user"], "database", self.login["dbname"], "", ""]
        body = struct.pack("!I", 196608) + "\0".join(fields).encode()
        server.sendall(struct.pack("!I", len(body) + 4) + body)
        messages = [read_message(server)]
        while messages[-1][0] != b"Z":
            messages.append(read_message(server))
        return server, b"".join(message for _, message in messages)

    @contextmanager
    def running(self) -> Iterator["MovingPooler"]:
        Thread(target=self.serve, daemon=True).start()
        try:
            yield self
        finally:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            # Not only those that rest: a client's thread may still have one.
            for server in self.servers:
                close(server)

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                Thread(target=self.handle, args=[client], daemon=True).start()

    def handle(self, client: socket.socket) -> None:
        with client, suppress(OSError, EOFError):
            while True:
                (length,) = struct.unpack("!I", read(client, 4))
                body = read(client, length - 4)
                if struct.unpack("!I", body[:4])[0] not in ENCRYPTION:
                    break
                client.sendall(b"N")
            client.sendall(self.greeting)
            while True:
                self.relay_transaction(client)

    def relay_transaction(self, client: socket.socket) -> None:
        kind, message = read_message(client)
        if kind == b"X":
            raise EOFError
        server = self.resting.get(timeout=PATIENCE)
        try:
            while True:
                server.sendall(message)
                if kind in (b"Q", b"S") and self.relay_answer(server, client) == b"I":
                    return
                kind, message = read_message(client)
        finally:
            self.resting.put(server)

    def relay_answer(self, server: socket.socket, client: socket.socket) -> bytes:
        """Relay messages until the server is ready. Return the state of its transaction."""
        while True:
            kind, message = read_message(server)
            client.sendall(message)
            if kind == b"Z":
                return message[-1:]
