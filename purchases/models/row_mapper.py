"""The objects of several models from one row of a statement in a `.sql` file.

Every action reads its session and its purchase this way, because the ORM would add 2.5 ms: it takes
longer to build such a query than PostgreSQL takes to answer it. So does the search.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, models

from purchases.database import fetch_all, fetch_values


class RowMapper:
    """Map the first columns of a statement to models, each by its table's alias in the statement.

    The statement lists `columns` in this order, one by one: a prepared statement survives a new
    column only if it has no `*`. `tests/test_row_mapper.py` compares the list with the statement,
    and the objects with those of the ORM.

    Private APIs of Django it depends on: `Model._meta` (`concrete_fields` and `pk`),
    `Field.attname`, `Field.column`, and `Field.select_format()` called without a compiler. It calls
    no `Field.from_db_value()`: a field that has one cannot be mapped.
    """

    def __init__(self, **models_by_alias: type[models.Model]) -> None:
        self.columns: list[str] = []
        self._parts: list[tuple[type[models.Model], list[str], slice, int]] = []
        for alias, model in models_by_alias.items():
            fields = model._meta.concrete_fields
            part = slice(len(self.columns), len(self.columns) + len(fields))
            key = part.start + fields.index(model._meta.pk)
            self._parts.append((model, [field.attname for field in fields], part, key))
            self.columns += [_select_format(alias, field) for field in fields]
        self._width = len(self.columns)

    def first(self, statement: str, params: dict[str, Any]) -> list[Any] | None:
        """Return an object of each model from the first row, then the values of the further
        columns. An object is None if an outer join found no row. The result is None if the
        statement returns no row."""
        row = fetch_values(statement, params)
        return None if row is None else self._objects(row)

    def all(self, statement: str, params: dict[str, Any]) -> list[list[Any]]:
        """Return such a list for every row."""
        return fetch_all(statement, params, lambda *row: self._objects(row))

    def _objects(self, row: tuple[Any, ...]) -> list[Any]:
        objects = [
            None if row[key] is None else model.from_db(DEFAULT_DB_ALIAS, names, row[part])
            for model, names, part, key in self._parts
        ]
        return [*objects, *row[self._width :]]


def _select_format(alias: str, field: Any) -> str:
    """Return a column as the ORM selects it: ClampedDateTimeField replaces dates that Python does
    not have."""
    sql, _ = field.select_format(None, f"{alias}.{field.column}", [])
    return str(sql)
