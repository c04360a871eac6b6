"""Write each record of the log as one line, as text for people or as JSON for programs.

A name, a path or a header from outside may contain a newline or an escape sequence. Both formats
escape them, so that nobody can write a line that the site did not write.
"""

import json
import logging
import re
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from django.http import HttpRequest, HttpResponse

# Control characters, separators of lines and paragraphs, and marks that change the direction.
HARMFUL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)

# The path of a link to choose a password, or to begin a studio, ends in its token, which the log
# must not hold.
LINK_TOKEN = re.compile(r"(/accounts/password/[^/\s]+/|/start/)[^/\s]+")

# The request that this context handles.
current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


def keep_request(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let records of the log name the request and who asked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = current_request.set(request)
        try:
            return get_response(request)
        finally:
            current_request.reset(token)

    return middleware


def escape(text: str) -> str:
    r"""Return the text with each harmful character as in `\x1b` or `\u202e`."""
    return HARMFUL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def details(record: logging.LogRecord) -> dict[str, Any]:
    """Return the time, level, logger and message of a record, and who asked, if a request did."""
    written = datetime.fromtimestamp(record.created, UTC)
    found: dict[str, Any] = {
        "time": f"{written:%Y-%m-%dT%H:%M:%S}.{written.microsecond // 1000:03d}Z",
        "level": record.levelname,
        "logger": record.name,
        "message": LINK_TOKEN.sub(r"\1...", record.getMessage()),
    }
    if request := current_request.get():
        found["request"] = log_id(request)
        if member := getattr(request, "member", None):
            found |= {"org": str(member.org_id), "member": member.user_id}
    return found | getattr(record, "details", {})


def log_id(request: HttpRequest) -> str:
    """Return the random id of a request, which all its records have in common."""
    at: Any = request
    if not hasattr(at, "log_id"):
        at.log_id = token_hex(4)
    return str(at.log_id)


class OneLine(logging.Formatter):
    """`2026-11-26T09:30:00.123Z WARNING django.request: Not Found: /x [request=1f2e3d4c]`.

    A traceback follows on lines that begin with a bar.
    """

    def format(self, record: logging.LogRecord) -> str:
        found = details(record)
        head = "{time} {level} {logger}: {message}".format(**found)
        rest = [f"{name}={value}" for name, value in list(found.items())[4:] if value is not None]
        line = escape(f"{head} [{' '.join(rest)}]" if rest else head)
        return "\n".join([line, *(f"  | {escape(below)}" for below in _traceback(record))])


class JsonLine(logging.Formatter):
    """A JSON object, with only ASCII characters. A traceback is a list of its lines."""

    def format(self, record: logging.LogRecord) -> str:
        found = details(record)
        if lines := _traceback(record):
            found["traceback"] = lines
        return json.dumps(found, default=str)


def _traceback(record: logging.LogRecord) -> list[str]:
    if not record.exc_info or record.exc_info[0] is None:
        return []
    return "".join(traceback.format_exception(*record.exc_info)).rstrip().split("\n")
