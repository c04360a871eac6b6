"""The bridge from the migrations before version 0.1.0 to those of 0.1.0. Delete it in 0.2.0.

The migrations of 0.1.0 replace 34 older ones that were never released. The bridge upgrades a
database to which all of these were applied. `bridge.sql` renames columns, constraints and functions
that have a new name. `schema.repair` replaces the functions, triggers, constraints and comments
whose text changed.
"""

from pathlib import Path

import psycopg
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from studio.database import schema
from studio.database.default_privileges import closed_to_others

# Every database of the older migrations has one of these, and no other database has.
OLD = {("studio", "0001_initial"), ("purchases", "0002_release_session")}
LAST = {
    ("purchases", "0028_initials_of_older_clients"),
    ("studio", "0006_sessions_know_their_people"),
}
FIRST = "The database has the migrations of before version 0.1.0: python manage.py migrate"
RENAMES = Path(__file__).with_suffix(".sql")


class TooOld(Exception):
    """The database lacks some of the older migrations."""

    def __str__(self) -> str:
        return (
            "This database was made by a commit before 2a8bc24: run `python manage.py migrate` at "
            "commit 2a8bc24 first, then again here."
        )


def is_needed() -> bool:
    """Return whether the database has the older migrations. Raise `TooOld` if some are missing."""
    applied = MigrationRecorder(connection).applied_migrations()
    if not OLD & applied.keys():
        return False
    if not applied.keys() >= LAST:
        raise TooOld
    return True


def cross() -> None:
    """Upgrade the database, in one transaction."""
    database = schema.postgres()
    with transaction.atomic(), closed_to_others():
        database.execute("SET LOCAL lock_timeout = '5s'")
        database.execute(RENAMES.read_bytes())
        if refused := schema.repair(schema.drift(schema.history())):
            raise psycopg.errors.InsufficientPrivilege("; ".join(refused))
