"""A minimal HTTP/1.1 client for the load generator, which shares two cores with the server.

A full client library, even with a parser in C, needs five times the CPU time for each request.
"""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode

HOST = "127.0.0.1"
LOGIN = "/accounts/login/"
LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # by their lowercase names
    body: bytes
    milliseconds: float


def request(method: str, target: str, headers: dict[str, str], body: str = "") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if method == "POST":
        lines.append(f"Content-Length: {len(body.encode())}")
    return "\r\n".join([*lines, "", body]).encode()


def status_of(answer: bytes) -> int | None:
    """Return the status of a response, or None if the response is incomplete."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return None
    length = LENGTH.search(head)
    if not length:
        raise ValueError(f"an answer that does not say its length: {head.decode('latin-1')}")
    return int(head.split(maxsplit=2)[1]) if len(body) >= int(length[1]) else None


class Browser:
    """A keep-alive connection in an event loop, which sends one request at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, sent: bytes) -> Answer:
        began = time.perf_counter()
        if self.streams is None:
            self.streams = await asyncio.open_connection(HOST, self.port)
        reader, writer = self.streams
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        took = time.perf_counter() - began
        return Answer(int(first.split()[1]), headers, body, took * 1000)

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()
            self.streams = None


@dataclass(frozen=True)
class SignedIn:
    """The session cookie and CSRF token of a signed-in browser."""

    port: int
    cookie: str
    csrf: str

    def get(self, target: str) -> HTTPResponse:
        return fetch(self.port, "GET", target, {"Cookie": self.cookie})

    def form_request(self, target: str, **fields: str) -> bytes:
        """Return the request that htmx sends for a form."""
        body = urlencode({"csrfmiddlewaretoken": self.csrf, **fields})
        headers = {"Cookie": self.cookie, "HX-Request": "true", **FORM}
        return request("POST", target, headers, body)


def sign_in(port: int, username: str, password: str) -> SignedIn:
    """Sign in by the form."""
    csrf = _cookies(fetch(port, "GET", LOGIN))["csrftoken"]
    fields = {"csrfmiddlewaretoken": csrf, "username": username, "password": password}
    headers = {"Cookie": f"csrftoken={csrf}", **FORM}
    answer = fetch(port, "POST", LOGIN, headers, urlencode(fields))
    if answer.status != 302:
        raise ValueError(f"{username} can't sign in: {answer.status}")
    cookies = _cookies(answer)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return SignedIn(port, cookie, cookies["csrftoken"])


def fetch(
    port: int,
    method: str,
    target: str,
    headers: dict[str, str] | None = None,
    body: str | None = None,
    *,
    timeout: float = 120,
) -> HTTPResponse:
    """Send one request on a new connection. The response's body is read and discarded."""
    with closing(HTTPConnection(HOST, port, timeout=timeout)) as connection:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        answer.read()
        return answer


def _cookies(answer: HTTPResponse) -> dict[str, str]:
    lines = answer.headers.get_all("Set-Cookie", [])
    return {name: morsel.value for line in lines for name, morsel in SimpleCookie(line).items()}
