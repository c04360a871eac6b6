"""Looks at the database and at what stands before it."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from django.core.checks import CheckMessage
from django.db import connection

from purchases import clock, seals
from studio.database import backup, checks, health, schema, tls
from studio.database.postgresql import pooler
from studio.doctor.result import Result, error, of_checks, ok, warning
from studio.management.commands.seal import time_zones

CHECK_DATABASE = "python manage.py check --database default"
# The messages of the check of the database that are about logins and rights.
OF_ROLES = {
    "studio.E002",
    "studio.W002",
    "studio.W003",
    "studio.E004",
    "studio.E005",
    "studio.E006",
}
# A machine that follows a time server is never this far off.
LARGEST_DIFFERENCE = timedelta(seconds=5)
# The timer makes a backup every night.
BACKUP_MAY_BE_LATE = timedelta(days=2)
# The timer seals every hour, and some runs may be missed.
SEALS_MAY_BE_LATE = timedelta(hours=3)
SEALS_ARE_MISSING_AFTER = timedelta(days=2)


def reachable() -> Result:
    if health.is_read_only():
        return error(
            "The database refuses writes, as a standby does: write the URL of the primary into "
            "DATABASE_URL, or SELECT pg_promote()."
        )
    return ok("The database can be read and written.")


def pooler_look() -> Result:
    try:
        way = pooler.look(connection.get_connection_params())
    except pooler.UnsafePooler as refusal:
        return error(str(refusal))
    return ok(f"Between this machine and PostgreSQL is {way.value}.")


def encryption() -> Result:
    messages = tls.check_tls()
    connection.ensure_connection()
    encrypted = "encrypted" if health.is_encrypted() else "not encrypted, and stays on this machine"
    return of_checks(messages, f"The connection is {encrypted}.", "python manage.py check --deploy")


def migrations() -> Result:
    missing = schema.history().missing
    if not missing:
        return ok("Every migration was applied.")
    names = f"{'.'.join(missing[0])}" + (f" and {len(missing) - 1} others" * (len(missing) > 1))
    return error(f"Missing: {names}. python manage.py migrate, then python manage.py setup_roles")


def drift() -> Result:
    others = {*OF_ROLES, checks.POOLER}
    messages = [each for each in _messages() if each.id not in others]
    return of_checks(messages, "The schema is as the migrations make it.", CHECK_DATABASE)


def roles() -> Result:
    messages = [each for each in _messages() if each.id in OF_ROLES]
    return of_checks(messages, "The roles have exactly their rights.", CHECK_DATABASE)


@cache
def _messages() -> Sequence[CheckMessage]:
    return checks.check_database(databases=["default"])


def clock_look() -> Result:
    # The clocks were compared when this process connected.
    connection.ensure_connection()
    ahead = clock.difference()
    if abs(ahead) <= LARGEST_DIFFERENCE:
        return ok("The clock of this machine and that of the database agree.")
    which = "behind" if ahead > timedelta() else "ahead of"
    return warning(
        f"The clock of this machine is {abs(ahead).total_seconds():,.0f} seconds {which} that of "
        "the database: timedatectl set-ntp true, on both machines"
    )


def backup_look() -> Result:
    age = backup.age_of_last()
    if age is None:
        return warning("No backup is recorded: python manage.py backup FILE")
    if age <= BACKUP_MAY_BE_LATE:
        return ok(f"The last backup is {age.total_seconds() / 3600:.0f} hours old.")
    return warning(
        f"The last backup is {age.days} days old: systemctl status studio-backup.timer, and python "
        "manage.py backup FILE"
    )


def seals_look() -> Result:
    late = seals.days_to_seal(clock.now() - SEALS_MAY_BE_LATE, time_zones())
    if not late:
        return ok("Every day that is over is sealed.")
    oldest = min(late, key=lambda each: each.ends_at)
    text = (
        f"Days that are not sealed: {len(late):,}, since {oldest.day}. python manage.py seal, and "
        "systemctl status studio-seal.timer"
    )
    is_missing = clock.now() - oldest.ends_at > SEALS_ARE_MISSING_AFTER
    return error(text) if is_missing else warning(text)


def forget() -> None:
    """Look at the database again, and not at what an earlier look has found."""
    _messages.cache_clear()
