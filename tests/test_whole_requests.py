"""Read whole bodies before Django is called, with fakes of granian's scope and protocol."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import reverse

from studio import uploads, whole_requests
from studio.models import User
from studio.whole_requests import BYTES_BEFORE_SIGN_IN, WholeRequests
from studio.wsgi_environment import environment


class Headers(dict[str, str]):
    """Headers with lower-case names. granian's have `get`, `in`, `items` and `values` too."""


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
    has_left: bool = False
    was_read: bool = False
    response: list[Any] = field(default_factory=list)

    async def __call__(self) -> bytes:
        self.was_read = True
        if not self.ends:
            await asyncio.Event().wait()
        return self.content

    async def client_disconnect(self) -> None:
        if not self.has_left:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: object, content: bytes) -> None:
        self.response = [status, content]

    def response_str(self, status: int, headers: object, content: str) -> None:
        self.response_bytes(status, headers, content.encode())


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d bytes" % len(environ["wsgi.input"].read())]


def send(
    protocol: Protocol, *, http_version: str = "1.1", path: str = "/café", **headers: str
) -> list[Any]:
    names = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    scope = Scope(names, http_version=http_version, path=path)
    # In a thread, because the browser of other tests has an event loop in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, respond(WholeRequests(echo), scope, protocol)).result()
    return protocol.response


async def respond(application: WholeRequests, scope: Scope, protocol: Protocol) -> None:
    await application.__rsgi__(scope, protocol)  # type: ignore[arg-type]
    with no_running_loop():
        connections.close_all()


@contextmanager
def no_running_loop() -> Iterator[None]:
    """Let Django use its database connection, as `Turns` does."""
    loop = asyncio.get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)


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


def test_long_headers_are_refused_before_the_body_is_read() -> None:
    protocol = Protocol(b"a")
    status, sentence = send(protocol, content_length="1", cookie="a=b; " * 7_000)
    assert status == 431
    assert b"too many cookies" in sentence
    assert not protocol.was_read
    assert send(Protocol(b"a"), content_length="1", cookie="a=b; " * 4_000)[0] == 200


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


@pytest.mark.django_db(transaction=True)
def test_only_an_owner_may_upload_a_long_file_and_to_the_import_only(
    mia: User, olivia: User
) -> None:
    long = str(uploads.LONGEST)
    too_long = str(uploads.LONGEST + 1)
    cookies = {}
    for user in (mia, olivia):
        browser = Client()
        browser.force_login(user)
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        cookies[user] = f"{settings.SESSION_COOKIE_NAME}={session}"

    def status(cookie: str, path: str, length: str) -> int:
        return int(send(Protocol(b""), path=path, content_length=length, cookie=cookie)[0])

    upload = uploads.PATH
    assert upload == reverse("purchases:import")
    assert status(cookies[olivia], upload, long) == 200
    assert status(cookies[olivia], upload, too_long) == 413
    assert status(cookies[olivia], "/purchases/", long) == 413
    assert status(cookies[mia], upload, long) == 413
    assert status("", upload, long) == 413
    assert status("", upload, str(BYTES_BEFORE_SIGN_IN + 1)) == 413


def test_the_environment_is_that_of_wsgi() -> None:
    scope = Scope(Headers({"content-type": "text/plain", "x-forwarded-proto": "https"}))
    environ = environment(scope, b"body")  # type: ignore[arg-type]
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café"
    assert environ["QUERY_STRING"].encode("latin-1").decode() == "q=1&name=Ōta"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert environ["HTTP_X_FORWARDED_PROTO"] == "https"


def test_the_host_of_http_2_is_the_host() -> None:
    scope = Scope(Headers(), http_version="2", authority="studio.example")
    assert environment(scope, b"")["HTTP_HOST"] == "studio.example"  # type: ignore[arg-type]
    scope = Scope(Headers({"host": "studio.example"}), authority="other.example")
    assert environment(scope, b"")["HTTP_HOST"] == "studio.example"  # type: ignore[arg-type]


def test_a_header_with_an_underscore_never_replaces_that_of_the_proxy() -> None:
    scope = Scope(Headers({"x_forwarded_proto": "https", "x-forwarded-for": "192.0.2.1"}))
    environ = environment(scope, b"")  # type: ignore[arg-type]
    assert "HTTP_X_FORWARDED_PROTO" not in environ
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


@pytest.mark.parametrize("field", ["password", "secret", "pin", "new_password1"])
def test_a_form_with_a_secret_holds_up_no_other_request(field: str) -> None:
    assert meanwhile(f"{field}=4071".encode(), patience=30) == [[200, b"other"], [200, b"first"]]


@pytest.mark.parametrize("path", ["/import/", "/import/a-draft/columns/"])
def test_a_file_to_import_holds_up_no_other_request(path: str) -> None:
    responses = meanwhile(b"file", patience=30, path=path)
    assert responses == [[200, b"other"], [200, b"first"]]


def test_a_form_without_a_secret_holds_up_the_next_request() -> None:
    """Django answers all other requests in one thread, which costs them no change of threads."""
    assert meanwhile(b"note=4071", patience=0.2) == [[200, b"first"], [200, b"other"]]


def test_requests_whose_browser_has_left_are_not_answered_if_many_wait() -> None:
    waiting = [Protocol(b"", has_left=n % 3 > 0) for n in range(30)]
    send_together(waiting)
    assert [bool(protocol.response) for protocol in waiting] == [n % 3 == 0 for n in range(30)]


def test_no_browser_is_asked_if_few_requests_wait() -> None:
    """Asking costs time, and a request alone is answered before its browser could leave."""
    waiting = [Protocol(b"", has_left=True) for _ in range(whole_requests.FEW_WAITING)]
    send_together(waiting)
    assert all(protocol.response == [200, b"0 bytes"] for protocol in waiting)


def send_together(protocols: list[Protocol]) -> None:
    handler = WholeRequests(echo)

    async def send_all() -> None:
        scope = Scope(Headers(), method="GET")
        calls = [handler.__rsgi__(scope, protocol) for protocol in protocols]  # type: ignore[arg-type]
        await asyncio.gather(*calls)

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, send_all()).result()
    assert handler.waiting == 0


def meanwhile(body: bytes, *, patience: float, path: str = "/café") -> list[list[Any]]:
    """Send a form and then another request, and return the responses in the order of their end.

    The application answers the form after the other request, or after `patience` seconds.
    """
    other_came = threading.Event()
    responses: list[list[Any]] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [])
        if environ["REQUEST_METHOD"] == "GET":
            other_came.set()
            return [b"other"]
        other_came.wait(patience)
        return [b"first"]

    async def both() -> None:
        handler = WholeRequests(application)
        form = Scope(Headers({"content-length": str(len(body))}), path=path)
        await asyncio.gather(
            answered(handler, form, Protocol(body)),
            answered(handler, Scope(Headers(), method="GET"), Protocol(b"")),
        )

    async def answered(handler: WholeRequests, scope: Scope, protocol: Protocol) -> None:
        await handler.__rsgi__(scope, protocol)  # type: ignore[arg-type]
        responses.append(protocol.response)

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, both()).result()
    return responses
