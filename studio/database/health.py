"""Whether the database answers, and whether it can be written."""

from django.db import connection

# Reading a table finds a role without rights, or a database without tables.
STATEMENT = """
SELECT pg_catalog.current_setting('transaction_read_only') = 'on'
FROM (SELECT EXISTS (SELECT FROM studio_user)) AS readable
"""


def is_read_only() -> bool:
    """Return whether the database refuses every write, as a standby does. Raise if it is down."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT)
        (read_only,) = cursor.fetchone()
    if read_only:
        close_connection()
    return bool(read_only)


def is_encrypted() -> bool:
    """Return whether the connection to the database uses TLS."""
    connection.ensure_connection()
    return bool(connection.connection.pgconn.ssl_in_use)


def close_connection() -> None:
    """Close this thread's connection to a read-only database.

    The next request connects again. If the URL has several hosts and
    target_session_attrs=read-write, that connection leads to the new primary.
    """
    if not connection.in_atomic_block:
        connection.close()
