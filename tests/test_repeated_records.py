"""An outage of the database writes one line a second of each kind, however many requests fail."""

import logging
import sys
from collections.abc import Callable

import psycopg
import pytest
from django.db import Error, OperationalError
from django.db.utils import InternalError

from studio import logs
from studio.repeated_records import RepeatedRecords

BURST = 1_000


class Log(logging.Handler):
    """A handler with the filter, whose clock and timers the test moves."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.timers: list[Callable[[], None]] = []
        self.lines: list[str] = []
        self.addFilter(RepeatedRecords(self.handle, lambda: self.now, self.timers.append))
        self.setFormatter(logs.OneLine())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += self.format(record).split(" ", 1)[1].splitlines()

    def pass_a_second(self) -> None:
        self.now += 1
        timers, self.timers[:] = [*self.timers], []
        for write in timers:
            write()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture(autouse=True)
def loggers(log: Log) -> object:
    names = ["studio.database", "studio.desk", "django.request"]
    for name in names:
        logging.getLogger(name).addHandler(log)
    yield
    for name in names:
        logging.getLogger(name).removeHandler(log)


def fail(cause: str = "the connection was lost") -> None:
    logging.getLogger("studio.database").error(
        "a request failed: %s", cause, extra={"details": {"path": "/purchases/"}}
    )


def test_a_burst_is_one_line_and_one_with_the_number_left_out(log: Log) -> None:
    for _ in range(BURST):
        fail()
    line = "ERROR studio.database: a request failed: the connection was lost [path=/purchases/"
    assert log.lines == [f"{line}]"]
    log.pass_a_second()
    assert log.lines == [f"{line}]", f"{line} left_out={BURST - 1}]"]


def test_an_outage_of_a_minute_is_one_line_a_second(log: Log) -> None:
    for _ in range(60):
        for _ in range(BURST):
            fail()
        log.pass_a_second()
    assert len(log.lines) <= 61
    numbers = [int(line.partition("left_out=")[2].rstrip("]") or 1) for line in log.lines]
    assert sum(numbers) == 60 * BURST


def test_another_cause_is_another_kind(log: Log) -> None:
    for _ in range(BURST):
        fail()
        fail("the disk is full (53100)")
    assert len(log.lines) == 2


def test_a_rare_line_is_written_at_once(log: Log) -> None:
    for _ in range(10):
        fail()
        log.pass_a_second()
    assert len(log.lines) == 10


def test_lines_of_people_are_never_left_out(log: Log) -> None:
    for _ in range(10):
        logging.getLogger("studio.desk").info("use of purchase 1 was refused: just_changed")
        logging.getLogger("studio.desk").warning("use of purchase 1 arrived again")
    assert log.lines.count("WARNING studio.desk: use of purchase 1 arrived again") == 10


def log_response(error: Exception, cause: Exception | None) -> None:
    """Log as Django does for a response with status 500 or 503."""
    try:
        raise error from cause
    except Exception:
        logging.getLogger("django.request").error(
            "Internal Server Error: %s", "/purchases/", exc_info=sys.exc_info()
        )


@pytest.mark.parametrize(
    "error",
    [
        (OperationalError(), psycopg.OperationalError()),
        (InternalError(), psycopg.errors.ReadOnlySqlTransaction()),
    ],
    ids=["lost", "read-only"],
)
def test_a_refused_page_has_no_traceback(log: Log, error: tuple[Error, psycopg.Error]) -> None:
    log_response(*error)
    assert log.lines == []


def test_a_fault_of_the_site_keeps_its_traceback(log: Log) -> None:
    log_response(ZeroDivisionError("a fault"), None)
    log_response(InternalError(), psycopg.errors.InternalError_())
    assert log.lines[0].startswith("ERROR django.request: Internal Server Error: /purchases/")
    assert sum("ZeroDivisionError: a fault" in line for line in log.lines) == 1
    assert sum("InternalError" in line for line in log.lines) >= 1
