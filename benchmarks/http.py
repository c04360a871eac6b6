"""HTTP/1.1 as little as a load generator needs: it shares two cores with what it measures."""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass
from urllib.parse import quote, urlencode

HOST = "127.0.0.1"
MAY_BE_IDLE = 5  # seconds
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def request(method: str, target: str, headers: dict[str, str], body: str = "") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if method == "POST":
        lines.append(f"Content-Length: {len(body.encode())}")
    return "\r\n".join([*lines, "", body]).encode()


def length_of(received: bytes | bytearray) -> int | None:
    """How long the answer is that begins here; None while its head is not whole."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    found = re.search(rb"\r\ncontent-length: *(\d+)", received[:end], re.I)
    return end + 4 + (int(found[1]) if found else 0)


def status_of(received: bytes | bytearray) -> int:
    return int(received[9:12])


def parse(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip()
        # Several cookies come in a line each.
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Answer(int(first.split()[1]), headers, body)


class Connection:
    """One request after another. A connection that was idle is opened anew: the server closes it
    after a while."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.asked_at = 0.0

    def ask(self, sent: bytes) -> Answer:
        if self.socket is None or time.monotonic() - self.asked_at > MAY_BE_IDLE:
            self.open()
        assert self.socket
        self.socket.sendall(sent)
        received = bytearray()
        while (length := length_of(received)) is None or len(received) < length:
            part = self.socket.recv(1 << 18)
            if not part:
                raise ConnectionError(f"the server hung up on {sent[:80]!r}")
            received += part
        self.asked_at = time.monotonic()
        return parse(bytes(received))

    def open(self) -> None:
        self.close()
        self.socket = socket.create_connection((HOST, self.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        if self.socket:
            self.socket.close()


@dataclass(frozen=True)
class SignedIn:
    """What a browser keeps once somebody has signed in."""

    cookie: str
    csrf: str

    def page(self, target: str) -> bytes:
        return request("GET", target, {"Cookie": self.cookie})

    def press(self, target: str, **fields: str) -> bytes:
        """A button's form, as htmx sends it."""
        body = urlencode({"csrfmiddlewaretoken": self.csrf, **fields})
        headers = {"Cookie": self.cookie, "HX-Request": "true", **FORM}
        return request("POST", target, headers, body)


def sign_in(port: int, username: str, password: str) -> SignedIn:
    """Through the form, as a person does."""
    at = "/accounts/login/"
    connection = Connection(port)
    csrf = _cookies(connection.ask(request("GET", at, {})))["csrftoken"]
    fields = {"csrfmiddlewaretoken": csrf, "username": username, "password": password}
    headers = {"Cookie": f"csrftoken={csrf}", **FORM}
    answer = connection.ask(request("POST", at, headers, urlencode(fields, quote_via=quote)))
    connection.close()
    if answer.status != 302:
        raise ValueError(f"{username} can't sign in: {answer.status} {answer.body[:200]!r}")
    cookies = _cookies(answer)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return SignedIn(cookie, cookies["csrftoken"])


def _cookies(answer: Answer) -> dict[str, str]:
    return dict(
        pair.split("=", 1)
        for pair in re.findall(r"((?:csrftoken|sessionid)=[^;]+)", answer.headers["set-cookie"])
    )
