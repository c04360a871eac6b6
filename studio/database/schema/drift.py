"""Schema drift: objects that changed since the migrations created them, and their repair."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

import psycopg
from psycopg import sql

from studio.database.schema import conditions
from studio.database.schema.inspection import (
    History,
    Key,
    actual_schema,
    expected_schema,
    history,
    postgres,
)

REPAIR_COMMAND = "python manage.py repair"
# The order of repair: a foreign key needs a unique constraint, a trigger needs its function.
REPAIRABLE = ["function", "constraint", "index", "trigger", "comment"]
STATES = {
    "DISABLE": "is disabled",
    "ENABLE": "is not ENABLE ALWAYS: sessions with session_replication_role = replica skip it",
    "ENABLE REPLICA": "is ENABLE REPLICA: ordinary sessions do not run it",
    "ENABLE ALWAYS": "is ENABLE ALWAYS",
}


COLUMN = re.compile(
    r" ADD COLUMN \S+ (?P<type>.*?)(?: COLLATE \S+)?(?: GENERATED AS IDENTITY \w)?"
    r"(?P<not_null> NOT NULL)?(?: DEFAULT (?P<default>.*))?$"
)


@dataclass(frozen=True)
class Drift:
    key: Key
    expected: str  # the statement by which the migrations create the object
    actual: str | None  # the statement that would create the actual object

    @property
    def name(self) -> str:
        if self.key.kind == "comment":
            return f"the comment on {self._of(self.key.commented)} {self._what}"
        return f"{self._of(self.key)} {self._what}"

    @staticmethod
    def _of(key: Key) -> str:
        of = f" of {key.table}" if key.kind not in ("table", "function") else ""
        return f"the {key.kind} {key.name}{of}"

    @property
    def repair(self) -> str:
        """Return the command that repairs it, or the advice to restore a backup."""
        if self.key.kind in REPAIRABLE:
            return REPAIR_COMMAND
        if self.key.kind == "column" and self.actual is not None:
            return changed_back(self)
        return "Its rows are lost: restore it from a backup."

    @property
    def _what(self) -> str:
        if self.actual is None:
            return "is missing"
        expected, actual = self.expected.splitlines(), self.actual.splitlines()
        if self.key.kind == "trigger" and expected[:-1] == actual[:-1]:
            return STATES[actual[-1].split(self.key.table)[1].split("TRIGGER")[0].strip()]
        changes = [line for line in difflib.ndiff(expected, actual) if line[0] in "-+"]
        lost = [line[2:].strip() for line in changes if line[0] == "-"]
        come = [line[2:].strip() for line in changes if line[0] == "+"]
        parts = [
            f"no longer contains “{lost[0]}”" if lost else "",
            f"has “{come[0]}”" if come else "",
        ]
        more = f" (and {len(changes) - len(lost[:1]) - len(come[:1])} more lines)"
        return (
            "was changed: it "
            + " but ".join(filter(None, parts))
            + (more if len(changes) > 2 else "")
        )


def drift(applied: History) -> list[Drift]:
    """Return the drift between the database and its applied migrations. Objects of other programs
    and the four shared tables are not compared."""
    actual = actual_schema().objects
    return [
        Drift(key, expected, actual.get(key))
        for key, expected in expected_schema(applied.done).objects.items()
        if not is_as_created(expected, actual.get(key)) and not is_missing_with(actual, key)
    ]


def is_as_created(expected: str, actual: str | None) -> bool:
    """Return whether the object is the expected one. A restored condition has fewer parentheses."""
    return actual == expected or (
        actual is not None
        and " CHECK (" in expected
        and conditions.flattened(actual) == conditions.flattened(expected)
    )


def is_missing_with(actual: dict[Key, str], key: Key) -> bool:
    """Return whether the object's table, or the object of a comment, is missing. Then only that is
    reported."""
    if key.kind == "comment" and key.commented not in actual:
        return True
    table = Key("table", key.table, key.table)
    return key.kind != "table" and key.table != "" and table not in actual


def changed_back(difference: Drift) -> str:
    """Return the statement that gives a column the type, the default and NOT NULL of before."""
    parts = COLUMN.search(difference.expected)
    assert parts is not None
    name = f"ALTER COLUMN {difference.key.name}"
    changes = [
        f"{name} TYPE {parts['type']} USING {difference.key.name}::{parts['type']}",
        f"{name} {'SET' if parts['not_null'] else 'DROP'} NOT NULL",
        f"{name} SET DEFAULT {parts['default']}" if parts["default"] else f"{name} DROP DEFAULT",
    ]
    if "IDENTITY" in difference.expected:
        changes = changes[:2]
    return f"ALTER TABLE public.{difference.key.table} {', '.join(changes)};"


def repair(drifts: list[Drift]) -> list[str]:
    """Repair every drift in one transaction. Return the statements that this login may not run.

    Run setup_roles afterwards, because a recreated function belongs to the login and PUBLIC may
    execute it.
    """
    refused: list[str] = []
    # Read the history first: Django finds its table of migrations by the search_path.
    applied = history()
    database = postgres()
    with database.transaction():
        database.execute("SET LOCAL lock_timeout = '5s'")
        (before,) = database.execute("SELECT current_setting('search_path')").fetchone() or ("",)
        database.execute("SET LOCAL search_path = ''")
        for difference in sorted(drifts, key=order):
            if difference.key.kind in REPAIRABLE:
                refused += recreate_if_allowed(database, difference)
        # An object that was dropped and created again has lost its comment.
        for difference in drift(applied):
            if difference.key.kind == "comment":
                refused += recreate_if_allowed(database, difference)
        # A transaction around this one may go on.
        database.execute("SELECT set_config('search_path', %s, true)", [before])
    return list(dict.fromkeys(refused))


def order(difference: Drift) -> tuple[int, bool]:
    kinds = [*REPAIRABLE, "table", "column"]
    return kinds.index(difference.key.kind), "FOREIGN KEY" in difference.expected


def recreate_if_allowed(
    database: psycopg.Connection[tuple[object, ...]], difference: Drift
) -> list[str]:
    """Recreate the object. If this login may not, return the statement for one that may.

    A superuser or another role owns a function that their migration created.
    """
    try:
        with database.transaction():
            recreate(database, difference)
    except psycopg.errors.InsufficientPrivilege:
        key = difference.key.commented if difference.key.kind == "comment" else difference.key
        if key.kind == "function":
            # After that, the next repair creates it.
            return [f"DROP FUNCTION public.{key.name};"]
        return [f"{difference.expected};"]
    return []


def recreate(database: psycopg.Connection[tuple[object, ...]], difference: Drift) -> None:
    table, name = (
        sql.Identifier("public", difference.key.table),
        sql.Identifier(difference.key.name),
    )
    match difference.key.kind:
        case "function":
            recreate_function(database, difference)
            return
        case "comment":
            database.execute(difference.expected.encode())
            return
        case "constraint":
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}").format(table, name)
        case "trigger":
            drop = sql.SQL("DROP TRIGGER IF EXISTS {} ON {}").format(name, table)
        case _:
            drop = sql.SQL("DROP INDEX IF EXISTS {}").format(
                sql.Identifier("public", difference.key.name)
            )
    database.execute(drop)
    needs_validation = " CHECK (" in difference.expected or " FOREIGN KEY (" in difference.expected
    database.execute((difference.expected + (" NOT VALID" if needs_validation else "")).encode())
    if needs_validation:
        validate_constraint(database, table, name)


def recreate_function(database: psycopg.Connection[tuple[object, ...]], difference: Drift) -> None:
    try:
        with database.transaction():
            database.execute(difference.expected.encode())
    except (
        # A parameter name or the return type differs, which CREATE OR REPLACE refuses.
        psycopg.errors.InvalidFunctionDefinition,
        # Another role owns it. The owner of the schema may drop it.
        psycopg.errors.InsufficientPrivilege,
    ):
        database.execute(f"DROP FUNCTION public.{difference.key.name}".encode())
        database.execute(difference.expected.encode())


def validate_constraint(
    database: psycopg.Connection[tuple[object, ...]], table: sql.Identifier, name: sql.Identifier
) -> None:
    """Validate the constraint. It stays NOT VALID if an older row breaks it."""
    try:
        with database.transaction():
            database.execute(sql.SQL("ALTER TABLE {} VALIDATE CONSTRAINT {}").format(table, name))
    except (psycopg.errors.CheckViolation, psycopg.errors.ForeignKeyViolation):
        pass
