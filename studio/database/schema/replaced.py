"""A quick look at functions and triggers that another program replaced, for the running site.

`drift` runs all migrations to compare everything. This look reads the texts of functions from the
migrations, and two catalog queries compare them. It needs a millisecond and no right.
"""

import re
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL

from studio.database.grants.catalog import rows
from studio.database.grants.matrix import FUNCTIONS, LEDGER
from studio.database.schema.inspection import history

FUNCTION = re.compile(
    r"^CREATE (?:OR REPLACE )?FUNCTION public\.(?P<name>\w+)\s*\("
    r"(?P<head>.*?)\bAS (?P<quote>\$\w*\$)(?P<body>.*?)(?P=quote)",
    re.MULTILINE | re.DOTALL,
)
SETTING = re.compile(r"^SET (\w+) = (.*)$", re.MULTILINE)
TRIGGER = re.compile(
    r"^(?P<verb>CREATE|DROP) (?:CONSTRAINT )?TRIGGER (?:IF EXISTS )?(?P<name>\w+)\b"
    r"[^;]*?\bON public\.(?P<table>\w+)",
    re.MULTILINE,
)

ACTUAL_FUNCTIONS = """
SELECT proname::text, prosrc, prosecdef, coalesce(proconfig, '{}'), pg_get_userbyid(proowner)::text,
    EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = %s)
FROM pg_catalog.pg_proc
WHERE pronamespace = 'public'::regnamespace AND proname = ANY (%s)
ORDER BY proname, oid
"""
ACTUAL_TRIGGERS = """
SELECT tgname::text, relname::text, tgenabled::text
FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
"""
QUOTE = "'"


class Function(NamedTuple):
    body: str
    has_owners_rights: bool
    settings: frozenset[str]


class Expected(NamedTuple):
    functions: dict[str, Function]
    triggers: set[tuple[str, str]]  # the name and the table


@cache
def expected() -> Expected:
    """Return the functions and triggers as the last migrations make them."""
    functions: dict[str, Function] = {}
    triggers: set[tuple[str, str]] = set()
    for statement in statements():
        for match in FUNCTION.finditer(statement):
            head = match["head"]
            settings = [f"{name}={text.strip(QUOTE)}" for name, text in SETTING.findall(head)]
            functions[match["name"]] = Function(
                match["body"], "SECURITY DEFINER" in head, frozenset(settings)
            )
        for match in TRIGGER.finditer(statement):
            change = triggers.add if match["verb"] == "CREATE" else triggers.discard
            change((match["name"], match["table"]))
    names = {signature.partition("(")[0] for signature in FUNCTIONS}
    return Expected({name: functions[name] for name in names}, triggers)


def statements() -> list[str]:
    """Return the SQL texts of all migrations in order."""
    graph = MigrationLoader(None).graph
    nodes = dict.fromkeys(node for leaf in graph.leaf_nodes() for node in graph.forwards_plan(leaf))
    found = []
    for node in nodes:
        for operation in graph.nodes[node].operations:
            if isinstance(operation, RunSQL):
                texts = operation.sql if isinstance(operation.sql, list) else [operation.sql]
                found += [text for text in texts if isinstance(text, str)]
    return found


def replaced() -> list[str]:
    """Return a sentence for each function and trigger of ours that is missing or was replaced.
    Return nothing for a database in which migrations are missing."""
    return [] if history().missing else [*_functions(), *_triggers()]


def _functions() -> list[str]:
    wanted = expected().functions
    found = rows(connection, ACTUAL_FUNCTIONS, [LEDGER, [*wanted]])
    sentences = []
    for name, function in sorted(wanted.items()):
        actual = [row[1:] for row in found if row[0] == name]
        if not actual:
            sentences.append(f"the function {name} is missing")
        elif len(actual) > 1:
            sentences.append(f"there are {len(actual)} functions {name}")
        else:
            body, has_owners_rights, settings, owner, has_roles = actual[0]
            if (body, has_owners_rights, frozenset(settings)) != function:
                sentences.append(f"the function {name} was replaced")
            elif has_roles and owner != LEDGER:
                sentences.append(f"the function {name} belongs to {owner}, not to {LEDGER}")
    return sentences


def _triggers() -> list[str]:
    states = {(name, table): state for name, table, state in rows(connection, ACTUAL_TRIGGERS)}
    return [
        f"the trigger {name} of {table} is {'disabled' if (name, table) in states else 'missing'}"
        for name, table in sorted(expected().triggers)
        if states.get((name, table)) not in ("O", "A")
    ]
