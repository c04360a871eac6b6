"""PostgreSQL's own catalog, which no model describes. With purchases/operations.py, the only place
where a cursor is opened; it changes no row of a table."""

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
