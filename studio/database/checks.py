"""System checks of the database: the pooler before it, schema drift and differences in grants."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from studio.database import bridge, grants, schema, tables
from studio.database.postgresql import pooler

POOLER = "studio.E011"


@register(Tags.database)
def check_database(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Look for an unsafe pooler, and compare the schema with the migrations, and the grants.

    The check returns nothing before the first migration, and compares grants only after the last.
    """
    if not databases or "default" not in databases:
        return []
    if refusals := check_pooler():
        return refusals
    try:
        if bridge.is_needed():
            return [Error(bridge.FIRST, id="studio.E003")]
    except bridge.TooOld as error:
        return [Error(str(error), id="studio.E003")]
    history = schema.history()
    if not history.begun:
        return []
    try:
        drifts = schema.drift(history)
    except psycopg.errors.InsufficientPrivilege as error:
        return [
            Warning(
                f"The database could not be compared with its migrations ({error}).",
                hint="Connect as the login that migrates.",
                id="studio.W001",
            )
        ]
    messages: list[CheckMessage] = [
        Error(f"{each.name}.", hint=each.repair, id="studio.E001") for each in drifts
    ]
    return messages if history.missing else [*messages, *check_grants(), *check_tables(history)]


def check_pooler() -> list[CheckMessage]:
    try:
        pooler.look(connection.get_connection_params())
    except pooler.UnsafePooler as refusal:
        return [Error(str(refusal), id=POOLER)]
    except psycopg.OperationalError:
        # The checks that follow report why the database cannot be reached.
        pass
    return []


def check_grants() -> list[CheckMessage]:
    return [
        *check_roles(),
        *(
            Error(f"{each.name}.", hint=each.repair, id="studio.E004")
            for each in grants.overloads(connection).values()
        ),
        *(
            Error(f"{each.name}.", hint=each.repair, id="studio.E005")
            for each in grants.foreign_triggers(connection)
        ),
        *(
            Warning(f"{each.name}.", hint=each.repair, id="studio.W003")
            for each in grants.exposures(connection)
        ),
    ]


def check_tables(history: schema.History) -> list[CheckMessage]:
    found = tables.findings(history)
    return [
        *(Error(f"{each.name}.", hint=each.repair, id="studio.E007") for each in found.errors),
        *(Warning(f"{each.name}.", hint=each.repair, id="studio.W005") for each in found.warnings),
    ]


def check_roles() -> list[CheckMessage]:
    differences = grants.differences(connection)
    if any("does not exist" in each.name for each in differences):
        # A database without the roles works if the web process connects as the owner.
        return [
            *(Warning(f"{each.name}.", hint=each.repair, id="studio.W002") for each in differences),
            *(
                Error(f"{each.name}.", hint=each.repair, id="studio.E006")
                for each in grants.open_functions(connection)
            ),
        ]
    return [Error(f"{each.name}.", hint=each.repair, id="studio.E002") for each in differences]
