"""The site with a header on each response: Server-Timing, the time of the response and of its SQL.

DJANGO_SETTINGS_MODULE chooses the site.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from studio.database.postgresql.patience import Patience
from studio.whole_requests import Response, WholeRequests
from studio.wsgi import application as site

# As the statement_timeout of benchmarks/plain_admin/settings.py.
PLAIN_ADMIN_SECONDS = 60
sql_seconds = 0.0


def time_statement(execute: Callable[..., Any], *statement: Any) -> Any:
    global sql_seconds
    began = time.perf_counter()
    try:
        return execute(*statement)
    finally:
        sql_seconds += time.perf_counter() - began


def timed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    # A worker has one thread and handles one request at a time.
    global sql_seconds
    sql_seconds = 0.0
    began = time.perf_counter()

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        seconds = time.perf_counter() - began
        timing = f"app;dur={seconds * 1000:.3f}, sql;dur={sql_seconds * 1000:.3f}"
        return start_response(status, [*headers, ("Server-Timing", timing)], *rest)

    with connection.execute_wrapper(time_statement):
        answer: Iterable[bytes] = site(environ, start)
    return answer


class PatientRequests(WholeRequests):
    """The lists of Django's plain admin need longer than the site waits for a statement."""

    def respond(self, environ: dict[str, Any], patience: Patience | None = None) -> Response:
        return super().respond(environ, Patience(seconds=PLAIN_ADMIN_SECONDS))


application = WholeRequests(timed)
plain_admin = PatientRequests(timed)
