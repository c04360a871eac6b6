"""Databases that are copies of the empty test database, and what is in their tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from studio.database.archive.catalog import columns_of, quoted
from studio.database.archive.tables import TABLES
from tests.database import rows
from tests.seals.sealing import move_back, seal_all

Guards = set[tuple[str, str, str]]
GUARDS = """
    SELECT tgrelid::regclass::text, tgname::text, tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal
    UNION ALL
    SELECT conrelid::regclass::text, conname::text, concat(pg_get_constraintdef(oid),
        obj_description(oid, 'pg_constraint')) FROM pg_constraint
"""


def guards() -> Guards:
    """Return all triggers and constraints with their state."""
    return {(table, name, state) for table, name, state in rows(GUARDS)}


@contextmanager
def copy_of_empty_database(login: dict[str, str], name: str) -> Iterator[str]:
    template = login["dbname"]
    name = f"studio_{name}"
    # A template may have no connection.
    connection.close()
    with psycopg.connect(
        make_conninfo(**login | {"dbname": "postgres"}), autocommit=True
    ) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        # Threads of earlier tests may have kept a connection.
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template]
        )
        server.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"'.encode())
        add_column_of_another_program(login, name)
        try:
            yield name
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def add_column_of_another_program(login: dict[str, str], name: str) -> None:
    with psycopg.connect(make_conninfo(**login | {"dbname": name}), autocommit=True) as database:
        database.execute('ALTER TABLE clients ADD COLUMN "Favourite class" text[]')


def add_seals() -> None:
    """Seal all but a part of the ledgers, and write values that a careless export would change."""
    rows('UPDATE clients SET "Favourite class" = \'{"a,b",NULL,""}\' WHERE email LIKE \'a%%\'')
    rows("UPDATE clients SET notes = '' WHERE email LIKE 'b%%'")
    rows("UPDATE clients SET notes = E'two\\nlines, \"quoted\"\\r\\n\\\\.' WHERE email LIKE 'c%%'")
    rows("UPDATE clients SET created_at = '2026-01-12 07:00:00.123456Z' WHERE email LIKE 'd%%'")
    rows(
        "INSERT INTO studio_security_event"
        " (kind, org_id, door, address, unknown_name, detail, log_id)"
        " SELECT 'signed_out', id, 'desk', '', '', '', '' FROM orgs"
    )
    move_back(2)
    assert seal_all() > 0
    rows(
        """
        UPDATE client_purchases SET expires_at = 'infinity' WHERE id IN (
            SELECT id FROM client_purchases WHERE expires_at IS NOT NULL ORDER BY id LIMIT 20
        )
        """
    )
    rows(
        "DELETE FROM client_purchases WHERE id IN (SELECT id FROM client_purchases"
        " WHERE sessions_used = 0 ORDER BY id LIMIT 1)"
    )


def contents(org_id: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of a studio in the tables of an archive, as text."""
    found = {}
    for table in TABLES:
        names = ", ".join(f"{quoted(name)}::text" for name in columns_of(table))
        with connection.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            cursor.execute(
                f"SELECT {names} FROM {table.name} WHERE {table.rows} ORDER BY {table.key}",
                {"org_id": org_id},
            )
            found[table.name] = cursor.fetchall()
    return found
