"""Call a WSGI application with whole bodies, by granian's protocol RSGI.

A WSGI server lets a thread of Django wait for the body of a request. A few clients that send a byte
a second would then hold every thread. Here the event loop waits, and Django gets the request with
its whole body. A body that is too long or too slow is refused.

The protocol is described at https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md.
"""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import DatabaseError, close_old_connections
from django.http import parse_cookie
from django.utils.module_loading import import_string
from granian.rsgi import (  # type: ignore[attr-defined]
    HTTPProtocol,
    ProtocolClosed,
    Scope,
    WebsocketProtocol,
)

from studio.call_stack import in_own_chunk
from studio.database.errors import describe
from studio.security_headers import HEADERS, NOTHING_ALLOWED

LOGGER = logging.getLogger("studio.database")
BODY_SECONDS = 30
# The longest form without a sign-in is the sign-in itself.
BYTES_BEFORE_SIGN_IN = 64 * 1024
# A form of a browser has up to 70 characters. A header of 400 kB would take Django a second.
LONGEST_CONTENT_TYPE = 200

Headers = list[tuple[str, str]]
REFUSAL_HEADERS = [
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
    ("connection", "close"),
    ("content-security-policy", NOTHING_ALLOWED),
    ("x-content-type-options", "nosniff"),
    *((name.lower(), value) for name, value in HEADERS.items()),
]


class Refused(Exception):
    """A request was refused before Django is called. `args` is the status and a sentence for a
    person."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, REFUSAL_HEADERS, sentence)


class WholeRequests:
    """A WSGI application, called with whole bodies in the thread of the event loop, one at a time.

    The other processes answer meanwhile. A second thread would share the processor with the first,
    and to wake it takes longer than a whole query.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol | WebsocketProtocol) -> None:
        if isinstance(protocol, WebsocketProtocol):
            # No page opens a WebSocket.
            protocol.close(400)
            return
        try:
            body = await self.body(scope.headers, protocol) if may_have_body(scope) else b""
            variables = environment(scope, body)
            check_content_type(variables.get("CONTENT_TYPE", ""))
        except Refused as refusal:
            protocol.response_str(*refusal.args)
        except ProtocolClosed:
            # The browser disconnected before it sent the whole body.
            return
        else:
            with no_running_loop():
                response = self.respond(variables)
            protocol.response_bytes(*response)

    async def body(self, headers: Any, protocol: HTTPProtocol) -> bytes:
        """Return the body. Raise `Refused` before it is read if its length is not acceptable."""
        check_length(headers)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                # The server ends the body at the announced length, or raises ProtocolClosed.
                return await protocol()
        except TimeoutError:
            raise Refused(408, "This took too long. Please try again.") from None

    @in_own_chunk
    def respond(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        """Return the status, the headers and the content of the response."""
        started: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, *_: object) -> Any:
            started.append((status, headers))

        response = self.application(environ, start)
        try:
            content = b"".join(response)
        finally:
            if close := getattr(response, "close", None):
                close()
        status, headers = started[-1]
        return int(status.split(" ", 1)[0]), headers, content


def check_length(headers: Any) -> None:
    """Refuse a body that is too long for who sends it, or whose length is not in the headers.

    If the connection breaks, the server ends a body without a length as if it were whole.
    """
    if "transfer-encoding" in headers or "content-length" not in headers:
        raise Refused(411, "This request does not say how long it is.")
    length = int(headers["content-length"])
    if length > BYTES_BEFORE_SIGN_IN:
        with no_running_loop():
            limit = limit_of(headers.get("cookie") or "")
        if length > limit:
            raise Refused(413, "This is too long. Please send less at a time.")


def check_content_type(content_type: str) -> None:
    """Refuse a content type that no browser sends.

    Django answers 500 if a parameter with an asterisk (RFC 2231) names an unknown encoding.
    """
    if len(content_type) > LONGEST_CONTENT_TYPE or "*" in content_type:
        raise Refused(400, "This request has an unusual content type.")


@contextmanager
def no_running_loop() -> Iterator[None]:
    """Let Django use its database connection, which it refuses to do while an event loop runs.

    It means to protect the loop from waiting. This loop may wait, and its tasks do not change turns
    before the response is there.
    """
    loop = asyncio.get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)


def may_have_body(scope: Scope) -> bool:
    """Return whether a body may follow the headers. In HTTP/2, no header announces it."""
    if scope.http_version.startswith("1"):
        return "content-length" in scope.headers or "transfer-encoding" in scope.headers
    return scope.method not in ("GET", "HEAD")


def limit_of(cookies: str) -> int:
    """Return the longest body, in bytes, that the holder of these cookies may send."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    close_old_connections()
    try:
        signed_in = key is not None and SESSION_KEY in store(key)
    except DatabaseError as error:
        LOGGER.warning("a long request was refused: %s", describe(error))
        signed_in = False
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE if signed_in else BYTES_BEFORE_SIGN_IN


def environment(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return the environment of WSGI. A header whose name has an underscore is left out, because it
    would have the same key as the header with a hyphen that the proxy sets."""
    name, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for header, value in scope.headers.items():
        if "_" in header:
            continue
        key = header.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        separator = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    if scope.authority:
        # HTTP/2 sends the host in a field of its own.
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ
