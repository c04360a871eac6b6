"""Connect to the database, and look for drift, when a process of the web server starts.

Both run in threads of their own: a process starts with or without a database, and no request waits.
"""

import logging
from threading import Thread, Timer

from django.db import Error, connection

from studio.database.errors import describe, is_unsafe_pooler
from studio.database.schema.replaced import replaced

LOGGER = logging.getLogger("studio.database")
# The look for drift loads every migration, so it lets the first requests pass.
SECONDS_AFTER_THE_START = 5


def begin() -> None:
    Thread(target=connect, name="first connection", daemon=True).start()
    timer = Timer(SECONDS_AFTER_THE_START, _warn_and_close)
    timer.daemon = True
    timer.start()


def connect() -> None:
    """Connect and disconnect, and log an error if the site refuses the pooler."""
    try:
        connection.ensure_connection()
    except Error as error:
        if is_unsafe_pooler(error):
            LOGGER.error("the site answers no request: %s", describe(error))
    finally:
        connection.close()


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
