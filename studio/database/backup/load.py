"""Restore a backup with pg_restore."""

import re
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from studio.database import grants
from studio.database.backup import programs
from studio.database.grants.catalog import rows
from studio.database.schema.inspection import history, node_of, postgres

# Objects that no extension brought, outside of the system's schemas.
OBJECTS = """
    SELECT format('%s.%s', nspname, name) FROM (
        SELECT oid, relnamespace AS schema, relname AS name, 'pg_class'::regclass AS catalog
        FROM pg_catalog.pg_class
        UNION ALL
        SELECT oid, pronamespace, proname, 'pg_proc'::regclass FROM pg_catalog.pg_proc
    ) AS object
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = schema
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend
            WHERE classid = catalog AND objid = object.oid AND deptype = 'e'
        )
    ORDER BY 1 LIMIT 3
"""


class NotRestored(Exception):
    """Nothing was restored, and the database is as it was. The text says why."""


def restore(file: Path) -> None:
    """Restore a backup into the database in use, which must be empty, in one transaction."""
    if not file.is_file():
        raise NotRestored(f"There is no file {file}.")
    if found := [name for (name,) in rows(connection, OBJECTS)]:
        raise NotRestored(
            f"The database is not empty: it has {', '.join(found)}. Nothing was changed. Restore "
            "into a new database, as in CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'."
        )
    database = postgres()
    program = programs.find("pg_restore", programs.major_version(database))
    _refuse_other_file(program, file)
    _refuse_other_version(program, file)
    try:
        grants.create_roles(connection)
    except grants.NotAllowed as error:
        raise NotRestored(str(error)) from error
    option, environment = programs.connection_options(database)
    restored = programs.run(
        [
            *(str(program), "--single-transaction", "--exit-on-error", "--no-owner"),
            *(option, str(file)),
        ],
        environment,
    )
    if restored.returncode:
        raise NotRestored(_reason(restored.stderr))
    _analyze(database)


def _refuse_other_file(program: Path, file: Path) -> None:
    listed = programs.run([str(program), "--list", str(file)])
    if listed.returncode:
        raise NotRestored(
            f"{file} is not a backup that this PostgreSQL can read: "
            f"{programs.first_error(listed.stderr)}. Nothing was changed."
        )


def _refuse_other_version(program: Path, file: Path) -> None:
    """Refuse a backup of another program, or with migrations that this version does not have."""
    only = ["--data-only", "--table=django_migrations", "--file=-"]
    text = programs.run([str(program), *only, str(file)]).stdout
    known = {node_of(migration) for migration in history().plan}
    ours = {app for app, _ in known}
    applied = [tuple(line.split("\t")[1:3]) for line in text.splitlines() if line.count("\t") == 3]
    if not known.intersection(applied):
        raise NotRestored(f"{file} has no table of the site. Nothing was changed.")
    if newer := [".".join(node) for node in applied if node[0] in ours and node not in known]:
        raise NotRestored(
            f"The backup is of another version of the site, with the migration {newer[-1]}. "
            "Nothing was changed. Restore it with that version."
        )


def _reason(stderr: str) -> str:
    if missing := re.search(r'role "([^"]+)" does not exist', stderr):
        return (
            f"The backup grants rights to the role {missing[1]}, which this server does not have. "
            f'Nothing was changed. Create it (CREATE ROLE "{missing[1]}"), and run this again.'
        )
    return f"Nothing was changed: {programs.first_error(stderr)}."


def _analyze(database: psycopg.Connection[Any]) -> None:
    """Let the planner know the new tables, because a dump has no statistics."""
    database.execute("ANALYZE")
