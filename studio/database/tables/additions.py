"""Objects that another program added to the site's own tables, and that can stop a write."""

import re

from studio.database.schema import History, Key, Schema, expected_schema
from studio.database.tables.finding import Finding

STATEMENTS = {
    "constraint": "ALTER TABLE public.{table} DROP CONSTRAINT {name};",
    "trigger": "DROP TRIGGER {name} ON public.{table};",
    "index": "DROP INDEX public.{name};",
    "column": "ALTER TABLE public.{table} ALTER COLUMN {name} DROP NOT NULL;",
}


def additions(history: History, actual: Schema) -> list[Finding]:
    """Return the constraints, the triggers, the unique indexes, and the columns without a value."""
    expected = expected_schema(history.done).objects
    own = {key.table for key in expected if key.kind == "table"}
    return [
        Finding(
            f"the {key.kind} {key.name} of {key.table} is not ours",
            STATEMENTS[key.kind].format(table=key.table, name=quoted(key.name)),
        )
        for key, made in actual.objects.items()
        if key.table in own and key not in expected and can_stop_a_write(key, made)
    ]


def can_stop_a_write(key: Key, made: str) -> bool:
    match key.kind:
        case "constraint" | "trigger":
            return True
        case "index":
            return made.startswith("CREATE UNIQUE ")
        case "column":
            return " NOT NULL" in made and " DEFAULT " not in made
        case _:
            return False


def quoted(name: str) -> str:
    is_plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name)
    return name if is_plain else '"{}"'.format(name.replace('"', '""'))
