"""How long the current thread waits for one statement. Without a limit, it waits for ever.

The web server sets a limit for each request. Commands and the threads of downloads wait without it.
"""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# Longer than the statement_timeout of studio_app, so that PostgreSQL ends a slow statement itself.
STATEMENT_SECONDS = 4.5
# How long the server may take to cancel a statement.
CANCEL_SECONDS = 0.5

# Waits until the socket is ready to read (1) or to write (2), or the seconds are over. The
# arguments are the socket, the state and the seconds. The result is the state, or 0.
Pause = Callable[[int, int, float], int]


@dataclass
class Patience:
    seconds: float = STATEMENT_SECONDS
    # For a new connection to each host of the URL. The parameter connect_timeout may be shorter.
    connect_seconds: float = math.inf
    # Lets the thread do other work during a long wait. None blocks the thread.
    pause: Pause | None = None
    # Whether a wait was ended. The rest of the request does not ask the database again.
    is_over: bool = False


class _Current(threading.local):
    patience: Patience | None = None


current = _Current()


@contextmanager
def limited(patience: Patience) -> Iterator[Patience]:
    """Apply these limits to the waits of this thread."""
    before, current.patience = current.patience, patience
    try:
        yield patience
    finally:
        current.patience = before
