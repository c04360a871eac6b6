"""A site that says in the header Server-Timing how long each answer took, and how much of that was
waiting for SQL. Which site it is, DJANGO_SETTINGS_MODULE says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from studio.wsgi import application as site

waited = 0.0


def timed(execute: Callable[..., Any], *statement: Any) -> Any:
    global waited
    began = time.perf_counter()
    try:
        return execute(*statement)
    finally:
        waited += time.perf_counter() - began


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    # A worker has one thread and answers one request at a time.
    global waited
    waited = 0.0
    began = time.perf_counter()

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        took = time.perf_counter() - began
        timing = f"app;dur={took * 1000:.3f}, sql;dur={waited * 1000:.3f}"
        return start_response(status, [*headers, ("Server-Timing", timing)], *rest)

    with connection.execute_wrapper(timed):
        answer: Iterable[bytes] = site(environ, start)
    return answer
