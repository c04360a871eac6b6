"""What somebody changed since the migrations made it, each by name, and how it is put back."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import psycopg
from psycopg import sql

from studio.database.schema.inspection import History, Key, actual_schema, expected_schema, postgres

REPAIR_COMMAND = "python manage.py repair"
# In this order: a foreign key needs the unique constraint, a trigger its function.
REPAIRABLE = ["function", "constraint", "index", "trigger"]
STATES = {
    "DISABLE": "is disabled",
    "ENABLE": "is not ENABLE ALWAYS: a replica's session passes it by",
    "ENABLE REPLICA": "is ENABLE REPLICA: no other session runs it",
    "ENABLE ALWAYS": "is ENABLE ALWAYS",
}


@dataclass(frozen=True)
class Drift:
    key: Key
    made: str  # the statement that the migrations amount to
    found: str | None

    @property
    def name(self) -> str:
        of = f" of {self.key.table}" if self.key.kind not in ("table", "function") else ""
        return f"the {self.key.kind} {self.key.name}{of} {self._what}"

    @property
    def repair(self) -> str:
        """What repairs it."""
        if self.key.kind in REPAIRABLE:
            return REPAIR_COMMAND
        return "Its rows are gone with it: bring it back from a backup."

    @property
    def _what(self) -> str:
        if self.found is None:
            return "is missing"
        made, found = self.made.splitlines(), self.found.splitlines()
        if self.key.kind == "trigger" and made[:-1] == found[:-1]:
            return STATES[found[-1].split(self.key.table)[1].split("TRIGGER")[0].strip()]
        changes = [line for line in difflib.ndiff(made, found) if line[0] in "-+"]
        lost = [line[2:].strip() for line in changes if line[0] == "-"]
        come = [line[2:].strip() for line in changes if line[0] == "+"]
        parts = [f"has no more “{lost[0]}”" if lost else "", f"has “{come[0]}”" if come else ""]
        more = f" (and {len(changes) - len(lost[:1]) - len(come[:1])} more lines)"
        return (
            "was changed: it "
            + " but ".join(filter(None, parts))
            + (more if len(changes) > 2 else "")
        )


def drift(history: History) -> list[Drift]:
    """Where the database is not what the migrations made that were applied to it. What it has
    besides, and the four shared tables, is not ours to judge here."""
    found = actual_schema().objects
    return [
        Drift(key, made, found.get(key))
        for key, made in expected_schema(history.done).objects.items()
        if made != found.get(key) and Key("table", key.table, key.table) not in missing(found, key)
    ]


def missing(found: dict[Key, str], key: Key) -> set[Key]:
    """The table of something, where it is missing: then that is said once, of the table."""
    table = Key("table", key.table, key.table)
    return {table} if key.kind not in ("table", "function") and table not in found else set()


def repair(drifts: list[Drift]) -> None:
    """All of it or nothing. A missing function belongs to nobody but the login afterwards, and
    may be called by everybody: setup_roles comes next."""
    database = postgres()
    with database.transaction():
        database.execute("SET LOCAL lock_timeout = '5s'")
        database.execute("SET LOCAL search_path = ''")
        for each in sorted(drifts, key=order):
            if each.key.kind in REPAIRABLE:
                put_back(database, each)


def order(each: Drift) -> tuple[int, bool]:
    kinds = [*REPAIRABLE, "table", "column"]
    return kinds.index(each.key.kind), "FOREIGN KEY" in each.made


def put_back(database: psycopg.Connection[tuple[object, ...]], each: Drift) -> None:
    table, name = sql.Identifier("public", each.key.table), sql.Identifier(each.key.name)
    match each.key.kind:
        case "function":
            put_function_back(database, each)
            return
        case "constraint":
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}").format(table, name)
        case "trigger":
            drop = sql.SQL("DROP TRIGGER IF EXISTS {} ON {}").format(name, table)
        case _:
            drop = sql.SQL("DROP INDEX IF EXISTS {}").format(
                sql.Identifier("public", each.key.name)
            )
    database.execute(drop)
    held_later = " CHECK (" in each.made or " FOREIGN KEY (" in each.made
    database.execute((each.made + (" NOT VALID" if held_later else "")).encode())
    if held_later:
        hold_against_older_rows(database, table, name)


def put_function_back(database: psycopg.Connection[tuple[object, ...]], each: Drift) -> None:
    try:
        with database.transaction():
            database.execute(each.made.encode())
    except psycopg.errors.InvalidFunctionDefinition:
        # Another name for a parameter, another type for the answer.
        database.execute(f"DROP FUNCTION public.{each.key.name}".encode())
        database.execute(each.made.encode())


def hold_against_older_rows(
    database: psycopg.Connection[tuple[object, ...]], table: sql.Identifier, name: sql.Identifier
) -> None:
    """Unless one breaks it: then the constraint stays NOT VALID."""
    try:
        with database.transaction():
            database.execute(sql.SQL("ALTER TABLE {} VALIDATE CONSTRAINT {}").format(table, name))
    except (psycopg.errors.CheckViolation, psycopg.errors.ForeignKeyViolation):
        pass
