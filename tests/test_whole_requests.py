"""Read whole bodies before Django is called, with fakes of granian's scope and protocol."""

import asyncio
from collections.abc import Callable, Iterable
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
    query_string: str = "q=1&name=Ōta"
    http_version: str = "1.1"
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "[2001:db8::1]:54321"
    authority: str | None = None


@dataclass
class Protocol:
    content: bytes
    ends: bool = True
    was_read: bool = False
    response: list[Any] = field(default_factory=list)

    async def __call__(self) -> bytes:
        self.was_read = True
        if not self.ends:
            await asyncio.Event().wait()
        return self.content

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


def test_the_application_gets_the_whole_body() -> None:
    assert send(Protocol(b"a" * 10), content_length="10") == [200, b"10 bytes"]
    assert send(Protocol(b""), content_length="0") == [200, b"0 bytes"]


@pytest.mark.parametrize("headers", [{}, {"content_length": "4"}], ids=["alone", "with a length"])
def test_a_body_in_chunks_is_refused(headers: dict[str, str]) -> None:
    """granian ends such a body if the connection breaks, so a part of it looks whole."""
    protocol = Protocol(b"aaaa")
    status, sentence = send(protocol, transfer_encoding="chunked", **headers)
    assert status == 411
    assert b"how long it is" in sentence
    assert not protocol.was_read


def test_a_body_of_http_2_needs_a_length() -> None:
    assert send(Protocol(b"aaaa"), http_version="2")[0] == 411
    assert send(Protocol(b"aaaa"), http_version="2", content_length="4") == [200, b"4 bytes"]


def test_a_request_without_a_body_is_not_waited_for() -> None:
    assert send(Protocol(b"", ends=False)) == [200, b"0 bytes"]


def test_a_body_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_requests, "BODY_SECONDS", 0.01)
    status, sentence = send(Protocol(b"a", ends=False), content_length="10")
    assert status == 408
    assert b"Please try again" in sentence


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; name*=unknown'en'text",
        "text/plain; name*=idna'en'text%ff",
        "text/plain; charset*=undefined''%ff",
        "text/plain;" + "a=b;" * 100,
    ],
    ids=["unknown encoding", "odd encoding", "no encoding", "long"],
)
def test_an_unusual_content_type_is_refused(content_type: str) -> None:
    status, sentence = send(Protocol(b""), content_type=content_type)
    assert status == 400
    assert b"unusual content type" in sentence


def test_the_content_types_of_browsers_are_accepted() -> None:
    boundary = "----geckoformboundary" + "f" * 49
    for content_type in (
        "application/x-www-form-urlencoded;charset=UTF-8",
        f"multipart/form-data; boundary={boundary}",
    ):
        assert send(Protocol(b""), content_type=content_type)[0] == 200


@pytest.mark.django_db(transaction=True)
def test_a_long_body_needs_a_sign_in(mia: User, client: Client) -> None:
    client.force_login(mia)
    session = f"other=1; {settings.SESSION_COOKIE_NAME}={client.cookies['sessionid'].value}"
    long = b"a" * (BYTES_BEFORE_SIGN_IN + 1)
    length = str(len(long))

    for cookie in ("", f"{settings.SESSION_COOKIE_NAME}=invented"):
        protocol = Protocol(long)
        assert send(protocol, content_length=length, cookie=cookie)[0] == 413
        assert not protocol.was_read

    assert send(Protocol(long), content_length=length, cookie=session)[0] == 200
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    huge = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert send(Protocol(b""), content_length=huge, cookie=session)[0] == 413


def test_the_environment_is_that_of_wsgi() -> None:
    scope = Scope(Headers({"content-type": "text/plain", "x-forwarded-proto": "https"}))
    environ = whole_requests.environment(scope, b"body")  # type: ignore[arg-type]
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café"
    assert environ["QUERY_STRING"].encode("latin-1").decode() == "q=1&name=Ōta"
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
