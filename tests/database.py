"""The database as other programs meet it: plain SQL, another role, another connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection, transaction

# How many seconds anything may wait for another. Far more than it takes: it only ends a test that
# would otherwise never end.
PATIENCE = 60


def rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return cursor.fetchall() if cursor.description else []


def value(query: str, *parameters: Any) -> Any:
    """The one column of the one row."""
    ((answer,),) = rows(query, *parameters)
    return answer


def make_role(*grants: str) -> str:
    """A database role with no rights but these, as in `EXECUTE ON FUNCTION …`, and PUBLIC's.

    Roles belong to the whole cluster; this one is never committed, so that it ends with the test.
    """
    assert connection.in_atomic_block, "only `db` takes the role away again, not `transactional_db`"
    role = f"caller_{uuid4().hex}"
    rows(f"CREATE ROLE {role}")
    for grant in grants:
        rows(f"GRANT {grant} TO {role}")
    return role


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """What is asked inside is asked by this role. A refusal undoes it all and passes through."""
    block = transaction.atomic()
    # What has to be committed at once is a test's own here, as all of it is.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        rows(f"SET LOCAL ROLE {role}")
        yield
        rows("RESET ROLE")


@contextmanager
def another_connection() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Another program's connection to the test database, each statement its own transaction."""
    connection.ensure_connection()
    info = connection.connection.info
    with psycopg.connect(
        info.dsn,
        password=info.password,
        autocommit=True,
        options=f"-c statement_timeout={PATIENCE}s",
    ) as other:
        yield other
