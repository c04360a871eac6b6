"""The list of looks, in the order in which `manage.py doctor` prints them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
from django.db import Error

from studio.database.errors import describe
from studio.doctor import of_database, of_machine
from studio.doctor.result import Result, error, warning


@dataclass(frozen=True)
class Look:
    name: str
    run: Callable[[], Result]
    needs_database: bool = True


# A look more is a line more. Its function returns one result, and says what to run.
LOOKS = [
    Look("settings", of_machine.settings_look, needs_database=False),
    Look("static files", of_machine.static_files, needs_database=False),
    Look("disk", of_machine.disk, needs_database=False),
    Look("database", of_database.reachable, needs_database=False),
    Look("pooler", of_database.pooler_look),
    Look("TLS", of_database.encryption),
    Look("migrations", of_database.migrations),
    Look("schema", of_database.drift),
    Look("roles", of_database.roles),
    Look("backup", of_database.backup_look),
    Look("clock", of_database.clock_look),
    Look("seals", of_database.seals_look),
]


def examine() -> Iterator[tuple[str, Result]]:
    """Yield the name and the result of each look.

    Without a database, the looks that need it are left out: they would all say the same.
    """
    of_database.forget()
    is_reachable = True
    for look in LOOKS:
        if look.needs_database and not is_reachable:
            continue
        try:
            result = look.run()
        except (Error, psycopg.Error) as problem:
            result = result_of_error(problem)
            is_reachable = is_reachable and look.name != "database"
        yield look.name, result


def result_of_error(problem: BaseException) -> Result:
    """Return the result of a look that the database ended by an error."""
    cause = problem.__cause__ if isinstance(problem, Error) else problem
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return warning("This login may not look: run this as the login that migrates.")
    if isinstance(cause, psycopg.errors.UndefinedTable):
        return error("The tables are missing: python manage.py migrate")
    reason = describe(problem).rstrip(".")
    return error(
        f"{reason[0].upper()}{reason[1:]}. Look at DATABASE_URL, at systemctl status postgresql, "
        "and at the table of outages in docs/outages.md"
    )
