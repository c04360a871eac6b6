"""Call a WSGI application with whole bodies, by granian's protocol RSGI.

A WSGI server lets a thread of Django wait for the body of a request. A few clients that send a byte
a second would then hold every thread. Here the event loop waits, and Django gets the request with
its whole body. A body that is too long or too slow is refused.

The protocol is described at https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter
from typing import Any, TypeVar
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import DatabaseError, close_old_connections, connections
from django.http import parse_cookie
from django.utils.module_loading import import_string
from granian.rsgi import (  # type: ignore[attr-defined]
    HTTPProtocol,
    ProtocolClosed,
    Scope,
    WebsocketProtocol,
)

from studio import uploads
from studio.call_stack import in_own_chunk
from studio.database.errors import describe
from studio.database.postgresql.patience import Patience, limited
from studio.downloads import send_download
from studio.metrics.counters import count_request, kind_of
from studio.security_headers import HEADERS, NOTHING_ALLOWED
from studio.turns import Turns, pause
from studio.wsgi_environment import environment, may_have_body

LOGGER = logging.getLogger("studio.database")
BODY_SECONDS = 30
# The longest form without a sign-in is the sign-in itself.
BYTES_BEFORE_SIGN_IN = 64 * 1024
# The names of the fields with a password, a PIN or another secret contain one of these.
SECRETS = (b"password", b"secret", b"pin")
# A form of a browser has up to 70 characters. A header of 400 kB would take Django a second.
LONGEST_CONTENT_TYPE = 200
# nginx takes as much by default. Django reads cookies of 60 kB as long as it takes for a page.
LONGEST_HEADERS = 32 * 1024
# With more waiting requests than this, each browser is asked whether it is still there.
FEW_WAITING = 10
# Threads that answer while a request in the thread of the event loop waits for the database: as
# many for pages as for forms, so that no page waits for forms.
RELIEF_THREADS = 6
# They begin after this time. Each opens a connection, which would slow down a machine that is busy.
RELIEF_AFTER = 1.0
# A load balancer gets its answer in this time, whatever the other threads wait for.
HEALTH_PATH = "/healthz"
HEALTH_SECONDS = 2.0
# The limit of each of the two waits of a health check: for a connection, or for its statement.
HEALTH_WAIT = 0.8

Result = TypeVar("Result")
Headers = list[tuple[str, str]]
Response = tuple[int, Headers, bytes | Any]
HEALTH_HEADERS = [("content-type", "application/json"), ("cache-control", "no-store, private")]
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
    and to wake it takes longer than a whole query. While a request waits long for the database, a
    few other threads answer those that arrive.

    A form with a secret is the exception: its hash takes a third of a second, without Python's
    lock. One thread answers all of them, one at a time, so other people do not wait. Another thread
    reads files to import, because a file may take seconds. The health check has a thread too. If
    that thread is late, the event loop answers.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.turns = Turns()
        self.secrets = ThreadPoolExecutor(max_workers=1, thread_name_prefix="secrets")
        self.readers = ThreadPoolExecutor(RELIEF_THREADS, thread_name_prefix="reader")
        self.writers = ThreadPoolExecutor(RELIEF_THREADS, thread_name_prefix="writer")
        self.health = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")
        self.files = ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")
        self.waiting = 0

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol | WebsocketProtocol) -> None:
        if isinstance(protocol, WebsocketProtocol):
            # No page opens a WebSocket.
            protocol.close(400)
            return
        self.waiting += 1
        try:
            # All requests that have arrived are counted before the first one is answered.
            await asyncio.sleep(0)
            if self.waiting <= FEW_WAITING or not await has_left(protocol):
                await self.answer(scope, protocol)
        finally:
            self.waiting -= 1

    async def answer(self, scope: Scope, protocol: HTTPProtocol) -> None:
        try:
            check_headers(scope.headers)
            body = await self.body(scope, protocol) if may_have_body(scope) else b""
            variables = environment(scope, body)
            check_content_type(variables.get("CONTENT_TYPE", ""))
        except Refused as refusal:
            count_request(kind_of(scope.method, scope.path), refusal.args[0], 0.0)
            protocol.response_str(*refusal.args)
        except ProtocolClosed:
            # The browser disconnected before it sent the whole body.
            return
        else:
            started = perf_counter()
            if scope.path == HEALTH_PATH:
                response = await self.check_health(variables)
            elif (thread := self.thread_of(scope.path, body)) is not None:
                loop = asyncio.get_running_loop()
                response = await loop.run_in_executor(thread, self.respond, variables)
            else:
                threads = self.readers if scope.method in ("GET", "HEAD") else self.writers
                response = await self.run(threads, self.respond, variables)
            status, headers, content = response
            count_request(kind_of(scope.method, scope.path), status, perf_counter() - started)
            if isinstance(content, bytes):
                protocol.response_bytes(status, headers, content)
            else:
                await send_download(protocol, scope.method, status, headers, content)

    def thread_of(self, path: str, body: bytes) -> ThreadPoolExecutor | None:
        """Return the thread that answers a request, or None for that of the event loop."""
        if path.startswith(uploads.PATH):
            return self.files
        return self.secrets if may_have_secret(body) else None

    async def body(self, scope: Scope, protocol: HTTPProtocol) -> bytes:
        """Return the body. Raise `Refused` before it is read if its length is not acceptable."""
        is_upload = await self.check_length(scope.headers, scope.path)
        try:
            async with asyncio.timeout(uploads.SECONDS if is_upload else BODY_SECONDS):
                # The server ends the body at the announced length, or raises ProtocolClosed.
                return await protocol()
        except TimeoutError:
            raise Refused(408, "This took too long. Please try again.") from None

    async def check_length(self, headers: Any, path: str) -> bool:
        """Return whether the body is a file that an owner uploads. Refuse a body that is too long
        for who sends it, or whose length is not in the headers.

        If the connection breaks, the server ends a body without a length as if it were whole.
        """
        if "transfer-encoding" in headers or "content-length" not in headers:
            raise Refused(411, "This request does not say how long it is.")
        length = int(headers["content-length"])
        if length > BYTES_BEFORE_SIGN_IN:
            limit = await self.run(self.readers, limit_of, headers.get("cookie") or "", path)
            if length > limit:
                raise Refused(413, "This is too long. Please send less at a time.")
        return length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    async def run(
        self, threads: ThreadPoolExecutor, function: Callable[..., Result], *args: Any
    ) -> Result:
        """Run a function in the thread of the event loop, or in `threads` if that one waits."""
        if self.turns.is_waiting and not await self.turns.can_run(RELIEF_AFTER):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(threads, in_passing, function, *args)
        return await self.turns.run(partial(function, *args, Patience(pause=pause)))

    async def check_health(self, variables: dict[str, Any]) -> Response:
        """Return the response of the health check, or 503 if it takes too long."""
        patience = Patience(HEALTH_WAIT, HEALTH_WAIT)
        loop = asyncio.get_running_loop()
        check = loop.run_in_executor(self.health, self.respond, variables, patience)
        try:
            return await asyncio.wait_for(check, HEALTH_SECONDS)
        except TimeoutError:
            return 503, [*HEALTH_HEADERS], b'{"database": "unreachable"}'

    @in_own_chunk
    def respond(self, environ: dict[str, Any], patience: Patience | None = None) -> Response:
        """Return the status, the headers and the content of the response.

        The content of a download is the response itself, which is not read yet."""
        with limited(patience or Patience()):
            return self.call(environ)

    def call(self, environ: dict[str, Any]) -> Response:
        started: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, *_: object) -> Any:
            started.append((status, headers))

        response = self.application(environ, start)
        if getattr(response, "runs_in_own_thread", False):
            content: Any = response
        else:
            try:
                content = b"".join(response)
            finally:
                if close := getattr(response, "close", None):
                    close()
        status, headers = started[-1]
        return int(status.split(" ", 1)[0]), headers, content


async def has_left(protocol: HTTPProtocol) -> bool:
    """Return whether the browser has closed the connection.

    A few programs that send a request, close the connection and open the next one would otherwise
    delay everybody by responses without a reader.
    """
    left = asyncio.ensure_future(protocol.client_disconnect())
    await asyncio.sleep(0)
    return left.done() or not left.cancel()


def may_have_secret(body: bytes) -> bool:
    return any(name in body for name in SECRETS)


def check_headers(headers: Any) -> None:
    if sum(map(len, headers.values())) > LONGEST_HEADERS:
        raise Refused(
            431, "This request has too many cookies. Delete those of this site, and try again."
        )


def check_content_type(content_type: str) -> None:
    """Refuse a content type that no browser sends.

    Django answers 500 if a parameter with an asterisk (RFC 2231) names an unknown encoding.
    """
    if len(content_type) > LONGEST_CONTENT_TYPE or "*" in content_type:
        raise Refused(400, "This request has an unusual content type.")


def in_passing(function: Callable[..., Result], *args: Any) -> Result:
    """Run the function in this thread, and close the connection that it opened."""
    try:
        return function(*args)
    finally:
        connections.close_all()


def limit_of(cookies: str, path: str = "", patience: Patience | None = None) -> int:
    """Return the longest body, in bytes, that the holder of these cookies may send to the path."""
    with limited(patience or Patience()):
        return longest_body(cookies, path)


def longest_body(cookies: str, path: str) -> int:
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    close_old_connections()
    try:
        session = store(key) if key is not None else {}
        signed_in = SESSION_KEY in session
        if signed_in and path == uploads.PATH and uploads.may_upload(session[SESSION_KEY]):
            return uploads.LONGEST
    except DatabaseError as error:
        LOGGER.warning("a long request was refused: %s", describe(error))
        signed_in = False
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE if signed_in else BYTES_BEFORE_SIGN_IN
