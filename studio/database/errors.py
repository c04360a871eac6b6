"""Describe database errors for the log, without the values that PostgreSQL's messages contain."""

import psycopg
from django.db import Error

# Errors that an operator has to act on, by their SQLSTATE or its first two characters.
CAUSES = {
    "25006": "the database is read-only",
    "53100": "the disk is full",
    "53300": "there are too many connections",
    "53": "the server lacks a resource",
    "55P03": "another transaction holds the lock",
    "57014": "the statement took too long",
    "57": "the server is stopping or starting",
    "40": "the transaction has to be repeated",
    "42501": "the role lacks a right: run setup_roles",
    "08": "the connection was lost",
}


def describe(error: BaseException) -> str:
    """Return the cause and the SQLSTATE of an error, such as "the disk is full (53100)"."""
    cause = error.__cause__ if isinstance(error, Error) else error
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    if state is None:
        lost = isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
        return "the connection was lost" if lost else type(error).__name__
    known = CAUSES.get(state) or CAUSES.get(state[:2]) or type(cause).__name__
    return f"{known} ({state})"
