"""The triggers, constraints and identities of the tables while an archive is imported.

The triggers that record a new purchase are off for the transaction, because the archive has their
events. ALTER TABLE takes a lock until the commit, so no change of another session is missed, and
only the owner of the table may do it. A setting that the triggers obey would open a way for others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction

from studio.database.archive.catalog import quoted
from studio.database.archive.tables import Table
from studio.database.grants.catalog import rows
from studio.database.grants.matrix import TABLES as MATRIX

CHECKS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid),
        quote_literal(obj_description(oid, 'pg_constraint'))
    FROM pg_catalog.pg_constraint
    WHERE contype = 'c' AND conrelid = ANY (%s::regclass[])
"""
IDENTITIES = """
    SELECT relname, attname FROM pg_catalog.pg_attribute
    JOIN pg_catalog.pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%s) AND attidentity <> ''
"""


@contextmanager
def without_triggers(tables: list[Table]) -> Iterator[None]:
    """Switch the triggers off that record a new purchase. They are on again before the commit."""
    with connection.cursor() as cursor:
        for table in tables:
            for trigger in table.triggers:
                cursor.execute(f"ALTER TABLE public.{table.name} DISABLE TRIGGER {trigger}")
        yield
        for table in tables:
            for trigger in table.triggers:
                cursor.execute(f"ALTER TABLE public.{table.name} ENABLE ALWAYS TRIGGER {trigger}")


def continue_identities(tables: list[str]) -> None:
    """Let the next row of each table get an id after all that exist."""
    with connection.cursor() as cursor:
        cursor.execute(IDENTITIES, [tables])
        for table, column in cursor.fetchall():
            cursor.execute(
                f"""
                SELECT setval(
                    pg_get_serial_sequence('public.{table}', '{column}'),
                    greatest(max({column}), (
                        SELECT coalesce(last_value, 1) FROM pg_catalog.pg_sequences
                        WHERE schemaname || '.' || sequencename =
                            pg_get_serial_sequence('public.{table}', '{column}')
                    ))
                )
                FROM public.{table} HAVING max({column}) IS NOT NULL
                """  # noqa: S608
            )


@contextmanager
def checked_for_new_rows_only() -> Iterator[None]:
    """Add the CHECK constraints of the shared tables again after the block, for new rows only. A
    constraint that every row fulfils holds for all rows again."""
    shared = [f"public.{name}" for name, table in MATRIX.items() if table.is_shared]
    checks = rows(connection, CHECKS, [shared])
    with connection.cursor() as cursor:
        for table, name, *_ in checks:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}")
        yield
        for table, name, definition, comment in checks:
            check = definition.removesuffix(" NOT VALID")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {check} NOT VALID")
            if comment:
                cursor.execute(f"COMMENT ON CONSTRAINT {quoted(name)} ON {table} IS {comment}")
            if check == definition:
                try:
                    with transaction.atomic():
                        cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {quoted(name)}")
                except IntegrityError:
                    continue
