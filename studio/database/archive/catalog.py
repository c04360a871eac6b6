"""The tables and migrations in the catalog of the database."""

from __future__ import annotations

from django.db import connection

from studio.database.archive.tables import Table
from studio.database.grants.catalog import column, rows

COLUMNS = """
    SELECT attname FROM pg_catalog.pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
"""
# The newest migration of each app, which has the greatest number.
MIGRATIONS = "SELECT app, max(name) FROM public.django_migrations GROUP BY app ORDER BY app"


def columns_of(table: Table) -> list[str]:
    """Return the columns that an archive has: also those of other programs."""
    found = column(connection, COLUMNS, [f"public.{table.name}"])
    return [name for name in found if name not in table.without]


def migrations() -> dict[str, str]:
    return dict(rows(connection, MIGRATIONS))


def quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
