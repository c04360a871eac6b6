"""Connect once when a web process starts, so that the log says at once what is wrong.

It runs in a thread, because a process starts with or without a database.
"""

import logging
import threading

from django.db import Error, connection

from studio.database.errors import describe, is_unsafe_pooler

LOGGER = logging.getLogger("studio.database")


def begin() -> None:
    threading.Thread(target=connect, name="first connection", daemon=True).start()


def connect() -> None:
    """Connect and disconnect, and log an error if the site refuses the pooler."""
    try:
        connection.ensure_connection()
    except Error as error:
        if is_unsafe_pooler(error):
            LOGGER.error("the site answers no request: %s", describe(error))
    finally:
        connection.close()
