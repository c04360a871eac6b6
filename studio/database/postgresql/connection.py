"""A psycopg connection that ends a wait after the time in `patience.current`.

psycopg drives each statement as a generator, which yields if the server has not answered yet. After
`BRIEF`, `_watch` stands between the two.
"""

import contextlib
from collections.abc import Callable, Generator
from time import monotonic, perf_counter
from typing import Any, TypeVar

import psycopg
from psycopg import capabilities, waiting

from studio.database.postgresql import outage, replication
from studio.database.postgresql.patience import CANCEL_SECONDS, Patience, current
from studio.metrics.counters import count_wait

RV = TypeVar("RV")
# The thread blocks this long before it can do other work, because most answers arrive earlier.
BRIEF = 0.2
# After this time, psycopg looks at its own timeouts.
LONGEST_PAUSE = 0.5


class NoAnswer(psycopg.OperationalError):
    """The server did not answer in time, and the connection was closed."""


class Connection(psycopg.Connection[Any]):
    # Whether a statement was committed before its synchronous standby confirmed it.
    is_unconfirmed = False

    def wait(self, gen: Any, interval: float = BRIEF, timeout: float | None = None) -> Any:
        started = perf_counter()
        try:
            return self._wait(gen, interval, timeout)
        finally:
            count_wait(perf_counter() - started)

    def _wait(self, gen: Any, interval: float, timeout: float | None) -> Any:
        patience = current.patience
        if patience is None or timeout is not None:
            result = super().wait(gen, interval, timeout)
        else:
            if patience.is_over or outage.State.is_on:
                outage.refuse(patience)
            try:
                result = waiting.wait(gen, self.pgconn.socket, BRIEF, BRIEF)
            except psycopg.errors._WaitTimeout:
                # The generator can go on.
                result = super().wait(self._watched(gen, patience), BRIEF)
        if self.is_unconfirmed:
            self.is_unconfirmed = False
            raise replication.Unconfirmed("no synchronous standby has confirmed this commit")
        return result

    def _watched(self, gen: Any, patience: Patience) -> Any:
        """Return the generator of a statement that has waited for `BRIEF` already."""
        until = monotonic() + replication.seconds_to_wait(patience)

        def socket_and_state(state: int) -> tuple[int, int]:
            return self.pgconn.socket, state

        return _watch(gen, patience, socket_and_state, self._expire, until, is_late=True)

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Any:
        gen = super()._connect_gen(conninfo)
        if (patience := current.patience) is None:
            return gen
        until = monotonic() + patience.connect_seconds
        return _watch(gen, patience, lambda state: state, _end_attempt, until)

    def note(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        """Remember the warning that a commit was not confirmed."""
        if replication.is_unconfirmed(diagnostic):
            self.is_unconfirmed = True

    def _expire(self, patience: Patience, has_cancelled: bool) -> bool:
        """Cancel the statement, and return whether the server was told. The second time, close."""
        if not has_cancelled and self._cancel(patience):
            return True
        patience.is_over = True
        self.pgconn.finish()
        outage.suspect()
        raise NoAnswer("the database did not answer in time")

    def _cancel(self, patience: Patience) -> bool:
        if not capabilities.has_cancel_safe():
            return False
        with contextlib.suppress(psycopg.Error):
            self.cancel_safe(timeout=CANCEL_SECONDS)
            return True
        return False


def _end_attempt(patience: Patience, has_cancelled: bool) -> bool:
    raise psycopg.errors.ConnectionTimeout("connection timeout expired")


def _watch(
    gen: Generator[Any, int, RV],
    patience: Patience,
    socket_and_state: Callable[[Any], tuple[int, int]],
    expire: Callable[[Patience, bool], bool],
    until: float,
    *,
    is_late: bool = False,
) -> Generator[Any, int, RV]:
    """Run psycopg's generator, and call `expire` if it waits longer than the patience."""
    has_cancelled = False
    try:
        state = next(gen)
        while True:
            ready = 0 if is_late else (yield state)
            is_late = False
            if not ready:
                if (left := until - monotonic()) <= 0:
                    has_cancelled = expire(patience, has_cancelled)
                    until = monotonic() + CANCEL_SECONDS
                elif patience.pause:
                    ready = patience.pause(*socket_and_state(state), min(left, LONGEST_PAUSE))
            state = gen.send(ready)
    except StopIteration as end:
        result: RV = end.value
        return result
