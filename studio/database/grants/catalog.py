"""Queries of PostgreSQL's catalog: roles, owners, grants and policies."""

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
    """Return the values of the only column."""
    return [value for (value,) in rows(connection, query, params)]


def encrypted(connection: BaseDatabaseWrapper, password: str, *, role: str) -> str:
    """Return the password as the server stores it, so that the plain password is not sent."""
    connection.ensure_connection()
    hashed: bytes = connection.connection.pgconn.encrypt_password(password.encode(), role.encode())
    return hashed.decode()
