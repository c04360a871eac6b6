"""Read whole bodies before Django is called, with fakes of granian's scope and protocol."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from studio import whole_requests
from studio.models import User
from studio.whole_requests import BYTES_BEFORE_SIGN_IN, WholeRequests


class Headers(dict[str, str]):
    """Headers with lower-case names. granian's have `get`, `in` and `items` too."""


@dataclass
class Scope:
    headers: Headers
    method: str = "POST"
    path: str = "/café"
    query_string: str = "q=1"
    http_version: str = "1.1"
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "[2001:db8::1]:54321"
    authority: str | None = None


@dataclass
class Protocol:
    chunks: list[bytes]
    ends: bool = True
    sent: int = 0
    response: list[Any] = field(default_factory=list)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            self.sent += 1
            yield chunk
        if not self.ends:
            await asyncio.Event().wait()

    async def __call__(self) -> bytes:
        return b"".join([chunk async for chunk in self])

    def response_bytes(self, status: int, headers: object, content: bytes) -> None:
        self.response = [status, content]

    def response_str(self, status: int, headers: object, content: str) -> None:
        self.response_bytes(status, headers, content.encode())


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d bytes" % len(environ["wsgi.input"].read())]


def send(protocol: Protocol, *, http_version: str = "1.1", **headers: str) -> list[Any]:
    names = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    scope = Scope(names, http_version=http_version)
    # In a thread, because the browser of other tests has an event loop in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, respond(WholeRequests(echo), scope, protocol)).result()
    return protocol.response


async def respond(application: WholeRequests, scope: Scope, protocol: Protocol) -> None:
    await application.__rsgi__(scope, protocol)  # type: ignore[arg-type]
    with whole_requests.no_running_loop():
        connections.close_all()


@pytest.mark.parametrize("chunks", [[b"a" * 10], [b"aaaa", b"aaaaaa"]], ids=["at once", "in parts"])
def test_the_application_gets_the_whole_body(chunks: list[bytes]) -> None:
    assert send(Protocol(chunks), content_length="10") == [200, b"10 bytes"]
    assert send(Protocol(chunks), transfer_encoding="chunked") == [200, b"10 bytes"]


def test_a_body_of_http_2_needs_no_header() -> None:
    assert send(Protocol([b"aaaa"]), http_version="2") == [200, b"4 bytes"]
    assert send(Protocol([b"a" * BYTES_BEFORE_SIGN_IN] * 3), http_version="2")[0] == 413


def test_a_request_without_a_body_is_not_waited_for() -> None:
    assert send(Protocol([], ends=False)) == [200, b"0 bytes"]


def test_a_body_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_requests, "BODY_SECONDS", 0.01)
    status, sentence = send(Protocol([b"a"], ends=False), content_length="10")
    assert status == 408
    assert b"Please try again" in sentence


@pytest.mark.django_db(transaction=True)
def test_a_long_body_needs_a_sign_in(mia: User, client: Client) -> None:
    client.force_login(mia)
    session = f"other=1; {settings.SESSION_COOKIE_NAME}={client.cookies['sessionid'].value}"
    chunk = b"a" * (BYTES_BEFORE_SIGN_IN // 2)
    long, length = [chunk] * 3, str(len(chunk) * 3)

    for cookie in ("", f"{settings.SESSION_COOKIE_NAME}=invented"):
        announced = Protocol(long)
        assert send(announced, content_length=length, cookie=cookie)[0] == 413
        assert announced.sent == 0, "the body was read although its length is in the header"
        streamed = Protocol([chunk] * 10)
        assert send(streamed, transfer_encoding="chunked", cookie=cookie)[0] == 413
        assert streamed.sent == 3, "the body was read on although it was too long"

    assert send(Protocol(long), content_length=length, cookie=session)[0] == 200
    assert send(Protocol(long), transfer_encoding="chunked", cookie=session)[0] == 200
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    huge = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert send(Protocol([]), content_length=huge, cookie=session)[0] == 413


def test_the_environment_is_that_of_wsgi() -> None:
    scope = Scope(Headers({"content-type": "text/plain", "x-forwarded-proto": "https"}))
    environ = whole_requests.environment(scope, b"body")  # type: ignore[arg-type]
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert environ["HTTP_X_FORWARDED_PROTO"] == "https"


def test_the_host_of_http_2_is_the_host() -> None:
    scope = Scope(Headers(), http_version="2", authority="studio.example")
    assert whole_requests.environment(scope, b"")["HTTP_HOST"] == "studio.example"  # type: ignore[arg-type]
    scope = Scope(Headers({"host": "studio.example"}), authority="other.example")
    assert whole_requests.environment(scope, b"")["HTTP_HOST"] == "studio.example"  # type: ignore[arg-type]


def test_a_header_with_an_underscore_never_replaces_that_of_the_proxy() -> None:
    scope = Scope(Headers({"x_forwarded_proto": "https", "x-forwarded-for": "192.0.2.1"}))
    environ = whole_requests.environment(scope, b"")  # type: ignore[arg-type]
    assert "HTTP_X_FORWARDED_PROTO" not in environ
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"
