"""One line of the log for each record, whatever a client sends."""

import json
import logging
import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from studio import logs
from studio.models import User
from tests.processes import NO_DATABASE, manage

HARMFUL = "\n\r\x0b\x0c\x1c\x1b\x85\u2028\u2029\u202e\x00[]{}\"' ="
FORGED = "x\n2026-11-26T00:00:00.000Z WARNING studio.security: signed_in"


def record(message: str, **extra: Any) -> logging.LogRecord:
    logger = logging.getLogger("studio.desk")
    return logger.makeRecord(
        logger.name, logging.WARNING, __file__, 1, message, (), None, extra=extra
    )


def hostile_texts() -> Iterator[str]:
    """10,000 texts of harmful and other characters, the same in each run."""
    rng = random.Random(14)
    yield FORGED
    for _ in range(9_999):
        characters = (
            rng.choice(HARMFUL) if rng.random() < 0.5 else chr(rng.randrange(0xD800))
            for _ in range(rng.randrange(1, 40))
        )
        yield "".join(characters)


def test_no_text_from_outside_begins_a_line() -> None:
    for text in hostile_texts():
        line = logs.OneLine().format(record(text, details={"name": text}))
        assert line.splitlines() == [line]
        assert not logs.HARMFUL.search(line)


def test_json_has_the_text_unchanged_in_one_line() -> None:
    for text in hostile_texts():
        line = logs.JsonLine().format(record(text, details={"name": text}))
        assert line.splitlines() == [line]
        assert line.isascii()
        read = json.loads(line)
        assert read["message"] == read["name"] == text


@pytest.mark.parametrize("text", ["Ana Ruiz", "Zoë", "佐藤 大輔", "a\\nb"])
def test_a_harmless_text_is_unchanged(text: str) -> None:
    assert logs.escape(text) == text


def test_each_line_of_a_traceback_begins_with_a_bar() -> None:
    try:
        raise ValueError(FORGED)
    except ValueError:
        failed = record("It failed")
        failed.exc_info = sys.exc_info()

    first, *below = logs.OneLine().format(failed).splitlines()
    assert first.endswith("WARNING studio.desk: It failed")
    assert len(below) > 2
    assert all(line.startswith("  | ") for line in below)
    assert json.loads(logs.JsonLine().format(failed))["traceback"][0].startswith("Traceback")


def test_a_line_has_the_time_in_utc() -> None:
    written = record("Started")
    written.created = 1_795_000_000.5
    assert logs.OneLine().format(written) == (
        "2026-11-18T11:06:40.500Z WARNING studio.desk: Started"
    )


@pytest.mark.django_db
def test_a_line_names_the_request_the_org_and_the_member(mia: User, client: Client) -> None:
    client.force_login(mia)
    request = client.get("/purchases/").wsgi_request
    token = logs.current_request.set(request)
    try:
        read = json.loads(logs.JsonLine().format(record("Pressed")))
    finally:
        logs.current_request.reset(token)

    assert (read["org"], read["member"]) == (str(mia.membership.org_id), mia.pk)
    assert read["request"] == request.log_id  # type: ignore[attr-defined]


def test_a_request_is_forgotten_after_its_response() -> None:
    seen: list[HttpRequest | None] = []

    def respond(request: HttpRequest) -> HttpResponse:
        seen.append(logs.current_request.get())
        return HttpResponse()

    request = HttpRequest()
    logs.keep_request(respond)(request)
    assert seen == [request]
    assert logs.current_request.get() is None


def test_an_unknown_format_is_refused() -> None:
    result = manage("check", LOG_FORMAT="xml", SECRET_KEY="x", DATABASE_URL=NO_DATABASE)
    assert result.returncode
    assert "write text or json" in result.stderr
