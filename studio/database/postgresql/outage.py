"""Refuse to wait for a database that does not answer, until it answers again.

If the network goes silent, each new connection would wait for seconds, and people who share a
process would wait for each other. So a thread tries to connect meanwhile, and requests are answered
with an error at once. A server that refuses connections needs none of this: it answers at once.
"""

import threading
import time
from typing import Any

import psycopg

from studio.database.postgresql.patience import Patience, current

# A connection that takes longer does not prove that the server answers.
SILENT_AFTER = 1.0
TRY_SECONDS = 2.0
PAUSE_BETWEEN_TRIES = 0.25


class State:
    # Only the web server turns this on.
    is_watching = False
    is_on = False
    parameters: dict[str, Any] | None = None
    tries = False
    lock = threading.Lock()


def watch() -> None:
    """Let this process notice outages. The web server calls this."""
    State.is_watching = True


def refuse(patience: Patience | None) -> None:
    """Raise an error if the database did not answer a moment ago."""
    if State.is_on or (patience and patience.is_over):
        raise psycopg.OperationalError("the database did not answer a moment ago")


def suspect(*, is_certain: bool = False) -> None:
    """Find out in a thread whether the database answers. `is_certain` refuses waits at once."""
    if not State.is_watching or State.parameters is None:
        return
    with State.lock:
        State.is_on = State.is_on or is_certain
        if State.tries:
            return
        State.tries = True
    threading.Thread(target=_try_until_it_answers, name="outage", daemon=True).start()


def connect(connection_type: type[psycopg.Connection[Any]], parameters: dict[str, Any]) -> Any:
    """Return a new connection, unless there is an outage."""
    refuse(current.patience)
    State.parameters = parameters
    started = time.monotonic()
    try:
        return connection_type.connect(**parameters)
    except psycopg.OperationalError:
        if time.monotonic() - started > SILENT_AFTER:
            suspect(is_certain=True)
            if current.patience:
                current.patience.is_over = True
        raise


def _try_until_it_answers() -> None:
    while not _answers():
        State.is_on = True
        time.sleep(PAUSE_BETWEEN_TRIES)
    with State.lock:
        State.is_on = State.tries = False


def _answers() -> bool:
    """Return whether the server answers, be it with an error."""
    started = time.monotonic()
    try:
        parameters = dict(State.parameters or {}) | {"connect_timeout": int(TRY_SECONDS)}
        psycopg.Connection.connect(**parameters).close()
    except psycopg.Error:
        pass
    return time.monotonic() - started < SILENT_AFTER
