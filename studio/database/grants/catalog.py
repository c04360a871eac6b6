"""PostgreSQL's own catalog, which no model describes: roles, owners, grants, policies. This cursor
changes no row of a table."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def rows(
    connection: BaseDatabaseWrapper, query: str, params: list[Any] | None = None
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall() if cursor.description else []


def column(
    connection: BaseDatabaseWrapper, query: str, params: list[Any] | None = None
) -> list[Any]:
    """The only column of every row."""
    return [value for (value,) in rows(connection, query, params)]


def encrypted(connection: BaseDatabaseWrapper, password: str, *, role: str) -> str:
    """A password as the server keeps it, so that it never travels as it is."""
    connection.ensure_connection()
    hashed: bytes = connection.connection.pgconn.encrypt_password(password.encode(), role.encode())
    return hashed.decode()
