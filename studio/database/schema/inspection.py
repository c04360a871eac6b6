"""Describe the schema that the migrations create, and the actual one, in the same terms.

The migrations' SQL runs in the session's temporary schema and is rolled back. So there is no second
list of expected objects and no lock on real tables, and PostgreSQL itself describes both schemas.
The login needs the TEMPORARY privilege only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from studio.database.schema.catalog import COLUMNS, OBJECTS

SHARED = ("purchases", "0001_initial")

Kind = Literal["table", "column", "function", "constraint", "index", "trigger", "comment"]
Node = tuple[str, str]


class Key(NamedTuple):
    """The name of an object. A function's name includes its arguments. The name of a comment is
    the kind and the name of its object."""

    kind: Kind
    table: str
    name: str

    @property
    def commented(self) -> Key:
        """The key of the object that this comment describes."""
        kind, _, name = self.name.partition(" ")
        return Key(cast("Kind", kind), self.table, name)


# Every object with the statements that create it.
SchemaObjects = dict[Key, str]


@dataclass(frozen=True)
class Column:
    """A column of one of the four shared tables."""

    table: str
    name: str
    type: str
    not_null: bool
    default: str | None
    generated: str | None

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class Schema:
    shared: list[Column]  # the columns of the four shared tables
    objects: SchemaObjects  # everything else that the migrations create


@dataclass(frozen=True)
class History:
    applied: set[Node]
    plan: list[Any]  # every migration, in the order in which they run
    needs: dict[Node, set[Node]]  # the dependencies of each migration

    @property
    def begun(self) -> bool:
        return SHARED in self.applied

    @property
    def done(self) -> list[Any]:
        return [migration for migration in self.plan if node_of(migration) in self.applied]

    @property
    def missing(self) -> list[Node]:
        return [node for node in map(node_of, self.plan) if node not in self.applied]


def node_of(migration: Any) -> Node:
    return migration.app_label, migration.name


def history() -> History:
    """Return the applied migrations, and all migrations in order."""
    loader = MigrationLoader(connection, replace_migrations=False)
    order = {
        node: None
        for leaf in loader.graph.leaf_nodes()
        for node in loader.graph.forwards_plan(leaf)
    }
    return History(
        applied=set(loader.applied_migrations or {}),
        plan=[loader.graph.nodes[node] for node in order],
        needs={node: {each.key for each in loader.graph.node_map[node].parents} for node in order},
    )


def postgres() -> psycopg.Connection[tuple[Any, ...]]:
    """Return the psycopg connection below Django's connection."""
    connection.ensure_connection()
    open_connection: psycopg.Connection[tuple[Any, ...]] = connection.connection
    return open_connection


# The expected schema of some migrations, as this server describes it: it takes a second to make.
_known: dict[tuple[object, ...], Schema] = {}


def expected_schema(migrations: list[Any]) -> Schema:
    """Return the schema that these migrations create in an empty database. Every migration must
    come with its dependencies."""
    key = (postgres().info.server_version, *map(node_of, migrations))
    if key not in _known:
        _known[key] = _make_expected_schema(migrations)
    return _known[key]


def _make_expected_schema(migrations: list[Any]) -> Schema:
    with scratch() as database:
        shared = []
        before: SchemaObjects = {}
        for migration, statements in sql_of(migrations):
            for statement in statements:
                database.execute(re.sub(r"\bpublic\.", "pg_temp.", statement).encode())
            if migration == SHARED:
                shared = columns_in(database, "pg_my_temp_schema()")
                before = objects_in(database, "pg_my_temp_schema()")
        objects = objects_in(database, "pg_my_temp_schema()")
    return Schema(
        shared, {key: statement for key, statement in objects.items() if key not in before}
    )


def actual_schema() -> Schema:
    """Return the schema of the connected database."""
    public = "'public'::regnamespace"
    with rolled_back() as database:
        database.execute("SET LOCAL search_path = ''")
        return Schema(columns_in(database, public), objects_in(database, public))


def sql_of(migrations: list[Any]) -> Iterator[tuple[Node, list[str]]]:
    loader = MigrationLoader(None)
    state = None
    for migration in migrations:
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            state = state or loader.project_state(node_of(migration), at_end=False)
            state = migration.apply(state, editor, collect_sql=True)
        yield node_of(migration), [line for line in editor.collected_sql if line.strip("; ")]


@contextmanager
def rolled_back() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    database = postgres()
    with database.transaction(force_rollback=True):
        yield database


@contextmanager
def scratch() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with rolled_back() as database:
        # Function bodies are not checked, because the tables that they name are in pg_temp here.
        database.execute("SET LOCAL search_path = pg_temp")
        database.execute("SET LOCAL check_function_bodies = off")
        database.execute("SET LOCAL client_min_messages = error")
        yield database


def objects_in(database: psycopg.Connection[tuple[Any, ...]], schema: str) -> SchemaObjects:
    found = database.execute(OBJECTS.replace("<schema>", schema).encode()).fetchall()
    return {Key(kind, table, name): in_public(statement) for kind, table, name, statement in found}


def columns_in(database: psycopg.Connection[tuple[Any, ...]], schema: str) -> list[Column]:
    found = database.execute(COLUMNS.replace("<schema>", schema).encode()).fetchall()
    return [Column(*row) for row in found]


def in_public(statement: str) -> str:
    """Return a definition from pg_temp as PostgreSQL writes it for the schema public."""
    statement = re.sub(r"\bpg_temp(_\d+)?\.", "public.", statement)
    return re.sub(r"\bREFERENCES (?=\w+\()", "REFERENCES public.", statement)
