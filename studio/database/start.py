"""A look at the database when a process of the web server starts."""

import logging
from threading import Timer

from django.db import Error, connection

from studio.database.schema.replaced import replaced

LOGGER = logging.getLogger("studio.database")
# The look loads every migration, so it lets the first requests pass.
SECONDS_AFTER_THE_START = 5


def warn_of_drift_in_background() -> None:
    """Look in a thread, so that no request waits for it."""
    timer = Timer(SECONDS_AFTER_THE_START, _warn_and_close)
    timer.daemon = True
    timer.start()


def warn_of_drift() -> None:
    """Log which functions and triggers another program replaced, and the command for it.

    If the database does not answer, log nothing, because the requests will.
    """
    try:
        found = replaced()
    except Error:
        return
    if found:
        LOGGER.warning("%s: python manage.py repair", "; ".join(found))


def _warn_and_close() -> None:
    try:
        warn_of_drift()
    finally:
        connection.close()
