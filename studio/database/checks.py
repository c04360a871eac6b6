"""`python manage.py check --database default`: is the database still as it was made?"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from studio.database import grants, schema


@register(Tags.database)
def database_is_as_it_was_made(
    databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Silent before the first migration, and of roles before the last one."""
    if not databases or "default" not in databases:
        return []
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
    return messages if history.missing else [*messages, *differences_in_roles()]


def differences_in_roles() -> list[CheckMessage]:
    differences = grants.differences(connection)
    if any("does not exist" in each.name for each in differences):
        # A database without them works, for the login that owns everything.
        return [
            Warning(f"{each.name}.", hint=each.repair, id="studio.W002") for each in differences
        ]
    return [Error(f"{each.name}.", hint=each.repair, id="studio.E002") for each in differences]
