"""Keep an outage of the database from filling the disk with lines of the log."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from studio.database.errors import is_outage

SECONDS = 1.0
# Each message of this logger names a cause, and never a person or a row.
DATABASE = "studio.database"


class RepeatedRecords(logging.Filter):
    """Pass one record of a kind in a second, and then one that has the number of those left out.

    The kind is the message of the logger "studio.database", or the attribute `kind` of a record.
    Django's record of a request that the outage ended is left out: it has a traceback, and
    "studio.database" has a line for the same request.
    """

    def __init__(
        self,
        write: Callable[[logging.LogRecord], object],
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[Callable[[], None]], object] | None = None,
    ) -> None:
        super().__init__()
        self.write = write
        self.clock = clock
        self.later = later or _in_a_second
        self.lock = threading.Lock()
        self.last: dict[str, float] = {}
        self.left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "django.request" and record.exc_info and is_outage(record.exc_info[1]):
            return False
        if getattr(record, "is_number", False):
            return True
        kind = getattr(record, "kind", None)
        if kind is None and record.name == DATABASE:
            kind = record.getMessage()
        return kind is None or self._is_first(kind, record)

    def _is_first(self, kind: str, record: logging.LogRecord) -> bool:
        now = self.clock()
        with self.lock:
            if now - self.last.get(kind, now - SECONDS) >= SECONDS and kind not in self.left_out:
                self.last[kind] = now
                return True
            is_counted = kind in self.left_out
            self.left_out[kind] = self.left_out.get(kind, 0) + 1
        if not is_counted:
            self.later(lambda: self._write_number(kind, record))
        return False

    def _write_number(self, kind: str, record: logging.LogRecord) -> None:
        """Log the last record again, with the number of records that it stands for."""
        with self.lock:
            number = self.left_out.pop(kind)
            self.last[kind] = self.clock()
        again = logging.makeLogRecord(record.__dict__)
        again.created = time.time()
        again.details = {**getattr(record, "details", {}), "left_out": number}
        again.is_number = True
        self.write(again)


def _in_a_second(function: Callable[[], None]) -> None:
    timer = threading.Timer(SECONDS, function)
    timer.daemon = True
    timer.start()


class Console(logging.StreamHandler[Any]):
    """Write the log to standard error, without the repeated records."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(RepeatedRecords(self.handle))
