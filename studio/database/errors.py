"""Describe database errors for the log, without the values that PostgreSQL's messages contain."""

import psycopg
from django.db import Error, InterfaceError, OperationalError

from studio.database.postgresql.pooler import UnsafePooler
from studio.database.postgresql.replication import Unconfirmed

# Errors that an operator has to act on, by their SQLSTATE or its first two characters.
CAUSES = {
    "25006": "the database is read-only",
    "53100": "the disk is full",
    "53300": "there are too many connections",
    "53": "the server lacks a resource",
    "55P03": "another transaction holds the lock",
    "42501": "the role lacks a right: run setup_roles",
    "57014": "the statement took too long",
    "57": "the server is stopping or starting",
    "40": "the transaction has to be repeated",
    "08": "the connection was lost",
}


# SQLSTATEs of a statement that calls a function of ours, if it is missing, returns another type, is
# one of several that fit, or may not be called. 0A000 is a prepared statement of a former type.
DRIFTS = {"42883", "42804", "42725", "42501", "0A000"}
REPLACED = "a function or a trigger of the database was replaced: python manage.py repair"


def describe(error: BaseException) -> str:
    """Return the cause and the SQLSTATE of an error, such as "the disk is full (53100)"."""
    cause = error.__cause__ if isinstance(error, Error) else error
    if isinstance(cause, Unconfirmed):
        return "no standby confirmed the commit"
    if isinstance(cause, UnsafePooler):
        return str(cause)
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    if state is None:
        lost = isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
        return "the connection was lost" if lost else type(error).__name__
    known = CAUSES.get(state) or CAUSES.get(state[:2])
    known = known or (REPLACED if is_drift(cause) else type(cause).__name__)
    return f"{known} ({state})"


def is_drift(error: BaseException | None) -> bool:
    """Return whether a function, a trigger or a right is not as the migrations and the matrix of
    grants make it. Another program probably replaced it, and `manage.py repair` restores it."""
    cause = error.__cause__ if isinstance(error, Error) else error
    if not isinstance(cause, psycopg.Error):
        return False
    return cause.sqlstate in DRIFTS or cause.diag.constraint_name == "a_change_has_an_event"


def is_read_only(error: BaseException) -> bool:
    """Return whether the database refused a write because it is a standby, or set to read-only."""
    return isinstance(error.__cause__, psycopg.errors.ReadOnlySqlTransaction)


def is_unsafe_pooler(error: BaseException) -> bool:
    """Return whether the site refused the pooler before the database."""
    return isinstance(error.__cause__, UnsafePooler)


def is_outage(error: BaseException | None) -> bool:
    """Return whether the same request may succeed later."""
    return isinstance(error, Error) and (
        isinstance(error, OperationalError | InterfaceError) or is_read_only(error)
    )


def violated_constraint(error: Error) -> str:
    """Return the name of the constraint that a statement violated, or an empty text."""
    cause = error.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, psycopg.Error) else ""
