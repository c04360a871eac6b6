"""The plan of an upgrade, the problems that would stop it, and the way back."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader

from studio.database import backup, bridge, grants, health, schema
from studio.database.grants.catalog import column
from studio.database.schema.inspection import History, Node, node_of

OUR_APPS = ("purchases", "studio")
OLD_BACKUP = timedelta(days=1)
# Free bytes besides those for one more copy of the largest table, which an index may need.
SPACE = 100 * 1024 * 1024
LARGEST = """
    SELECT coalesce(max(pg_total_relation_size(oid)), 0) FROM pg_catalog.pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
# Our tables and functions that this login may not change.
FOREIGN = """
    SELECT format('the table %%s belongs to %%s', relname, relowner::regrole)
    FROM pg_catalog.pg_class
    WHERE oid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
        AND NOT pg_has_role(relowner, 'USAGE')
    UNION ALL
    SELECT format('the function %%s belongs to %%s', proname, proowner::regrole)
    FROM pg_catalog.pg_proc
    WHERE oid = ANY (SELECT to_regprocedure(name) FROM unnest(%s::text[]) AS name)
        AND NOT pg_has_role(proowner, 'USAGE')
"""
MISSING_RIGHTS = """
    SELECT 'may not create tables in the schema public'
    WHERE NOT has_schema_privilege('public', 'CREATE')
    UNION ALL
    SELECT 'may not create temporary tables, which the checks need'
    WHERE NOT has_database_privilege(current_database(), 'TEMPORARY')
"""


@dataclass(frozen=True)
class Plan:
    """The migrations to run, and the newest one of each of our apps that is applied."""

    migrations: list[Node]
    before: dict[str, str]
    is_new: bool
    # Migrations that no command reverses.
    irreversible: list[str]

    @property
    def way_back(self) -> list[str]:
        """Return the commands that lead back to the former version, in order."""
        changed = {app for app, _ in self.migrations}
        return [
            f"python manage.py migrate {app} {self.before[app]}"
            for app in OUR_APPS
            if app in changed and app in self.before
        ]


def plan() -> Plan:
    history = schema.history()
    nodes = {node_of(migration): migration for migration in history.plan}
    before: dict[str, str] = {}
    for migration in history.done:
        app, name = node_of(migration)
        before[app] = name
    return Plan(
        migrations=history.missing,
        before={app: name for app, name in before.items() if app in OUR_APPS},
        is_new=not history.begun,
        irreversible=[
            ".".join(node)
            for node in history.missing
            if not all(operation.reversible for operation in nodes[node].operations)
        ],
    )


def problems() -> Iterator[str]:
    """Yield each reason for which a step would fail, with its remedy. Nothing is changed."""
    try:
        if health.is_read_only():
            yield "The database is read-only. Connect to the primary."
            return
        if bridge.is_needed():
            # `migrate` checks these databases itself, and changes nothing if it refuses.
            return
        MigrationLoader(connection).check_consistent_history(connection)
    except (bridge.TooOld, InconsistentMigrationHistory) as error:
        yield str(error)
        return
    history = schema.history()
    yield from _other_version(history)
    if history.begun:
        for drift in schema.drift(history):
            yield f"{drift.name[:1].upper()}{drift.name[1:]}. {drift.repair}"
    yield from _missing_rights()
    yield from _missing_space()


def warnings() -> Iterator[str]:
    """Yield what should be done first, although no step would fail."""
    if not schema.history().begun:
        return
    recorded = column(connection, "SELECT to_regclass('public.studio_backup') IS NOT NULL")
    age = backup.age_of_last() if recorded == [True] else None
    if age is None:
        yield "No backup is recorded. Make one first: python manage.py backup FILE"
    elif age > OLD_BACKUP:
        hours = int(age / timedelta(hours=1))
        yield (
            f"The last backup is {hours} hours old. Make one first: python manage.py backup FILE"
        )


def _other_version(history: History) -> Iterator[str]:
    known = {node_of(migration) for migration in history.plan}
    if unknown := sorted(".".join(node) for node in history.applied - known if node[0] in OUR_APPS):
        yield (
            f"The database is of another version, with the migration {unknown[-1]}. Install that "
            "version or a newer one."
        )


def _missing_rights() -> Iterator[str]:
    login = connection.settings_dict["USER"] or "this login"
    names = [[f"public.{name}" for name in known] for known in (grants.TABLES, grants.FUNCTIONS)]
    for foreign in column(connection, FOREIGN, names):
        yield f"{foreign[:1].upper()}{foreign[1:]}. Connect as the login that owns the tables."
    for right in column(connection, MISSING_RIGHTS):
        yield f"The login {login} {right}."
    try:
        grants.refuse_missing_roles(connection)
    except grants.NotAllowed as error:
        yield str(error)


def _missing_space() -> Iterator[str]:
    """Look at the disks of this machine. The disk of a server cannot be seen from here."""
    static = _existing(Path(settings.STATIC_ROOT))
    if not os.access(static, os.W_OK | os.X_OK):
        yield f"The static files cannot be written: {static} is read-only for this user."
    if settings.DATABASE_URL:
        return
    (largest,) = column(connection, LARGEST)
    free = shutil.disk_usage(_existing(settings.DATA_DIR)).free
    if free < largest + SPACE:
        yield (
            f"The disk has {free // 2**20} MB free, and an upgrade may need "
            f"{(largest + SPACE) // 2**20} MB. Make room."
        )


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())
