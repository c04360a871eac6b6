"""The objects of several models in one row of a query that is written by hand.

For what every press asks: the ORM takes longer to put such a query together, each time anew, than
PostgreSQL takes to answer it.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.sql.query import RawQuery


class RowMapper:
    """Models, each by the name that its table has in the query."""

    def __init__(self, **models_by_name: type[models.Model]) -> None:
        columns: list[str] = []
        self._parts: list[tuple[type[models.Model], list[str], slice, int]] = []
        for name, model in models_by_name.items():
            fields = model._meta.concrete_fields
            part = slice(len(columns), len(columns) + len(fields))
            key = part.start + fields.index(model._meta.pk)
            self._parts.append((model, [field.attname for field in fields], part, key))
            columns += [_read(name, field) for field in fields]
        # One by one: an upgrade that adds a column changes nothing for a statement that is planned
        # already.
        self.columns = ", ".join(columns)
        self._width = len(columns)

    def first(self, query: str, params: dict[str, Any]) -> list[Any] | None:
        """An object of each model, from the first row of a query that selects `columns`: None for
        what an outer join did not find. Then the values of what it selects behind them. None where
        there is no row."""
        for row in RawQuery(query, using=DEFAULT_DB_ALIAS, params=params):
            objects = [
                None if row[key] is None else model.from_db(DEFAULT_DB_ALIAS, names, row[part])
                for model, names, part, key in self._parts
            ]
            return [*objects, *row[self._width :]]
        return None


def _read(name: str, field: Any) -> str:
    """As the ORM reads it: a moment that Python has not must not take the page down."""
    sql, _ = field.select_format(None, f"{name}.{field.column}", [])
    return str(sql)
