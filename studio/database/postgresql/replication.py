"""Commits that a synchronous standby has not confirmed.

PostgreSQL commits first and then waits for the standby, without any timeout. A cancelled wait ends
with a warning and not with an error. The change is on this server then, and a failover may lose it.
"""

from time import monotonic

import psycopg

from studio.database.postgresql.patience import Patience

# The function of PostgreSQL that waits for the standby, and that writes the warning.
WAITS = "SyncRepWaitForLSN"
# After an unconfirmed commit, the next ones wait less, so that many people get an answer in time.
SHORT_SECONDS = 1.5
REMEMBERED_FOR = 10.0

_short_until = 0.0


class Unconfirmed(psycopg.OperationalError):
    """The transaction was committed on this server, but no synchronous standby has confirmed it."""


def is_unconfirmed(diagnostic: psycopg.errors.Diagnostic) -> bool:
    """Return whether a notice says that the wait for a synchronous standby was cancelled."""
    global _short_until
    if diagnostic.sqlstate != "01000" or diagnostic.source_function != WAITS:
        return False
    _short_until = monotonic() + REMEMBERED_FOR
    return True


def seconds_to_wait(patience: Patience) -> float:
    """Return how long to wait for one statement."""
    if monotonic() < _short_until:
        return min(patience.seconds, SHORT_SECONDS)
    return patience.seconds
