"""Helpers for plain SQL, other roles and other connections, as other programs use them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import psycopg
from django.core.management import call_command
from django.db import connection, transaction

from purchases.models import Org

# The timeout in seconds for everything that waits. It is generous: it only ends tests that hang.
PATIENCE = 60


def rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return cursor.fetchall() if cursor.description else []


def value(query: str, *parameters: Any) -> Any:
    """Return the only column of the only row."""
    ((answer,),) = rows(query, *parameters)
    return answer


def migrate(*arguments: str) -> None:
    call_command("migrate", *arguments, verbosity=0)


def make_role(*grants: str) -> str:
    """Create a database role with these grants, as in `EXECUTE ON FUNCTION …`, and PUBLIC's.

    Roles belong to the whole cluster, so the role is created in a transaction that rolls back.
    """
    assert connection.in_atomic_block, "`transactional_db` would not remove the role: use `db`"
    role = f"caller_{uuid4().hex}"
    rows(f"CREATE ROLE {role}")
    for grant in grants:
        rows(f"GRANT {grant} TO {role}")
    return role


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Run the block as this role. An error rolls the block back and propagates."""
    block = transaction.atomic()
    # Let code that requires a durable transaction run inside the test's own.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        rows(f"SET LOCAL ROLE {role}")
        yield
        rows("RESET ROLE")


def see(*orgs: Org) -> None:
    """Set the orgs whose rows studio_app sees, as the query of the session does."""
    ids = ",".join(str(org.pk) for org in orgs)
    rows("SELECT set_config('studio.org_ids', %s, false)", f"{{{ids}}}")


def remove_owners() -> None:
    """Delete the memberships of owners, although the database keeps an owner in each org."""
    role = value("SELECT current_setting('role')")
    rows("RESET ROLE")
    rows("SET LOCAL session_replication_role = replica")
    rows("DELETE FROM studio_membership WHERE role = 'owner'")
    rows("SET LOCAL session_replication_role = origin")
    rows(f"SET LOCAL ROLE {role}")


@contextmanager
def another_connection() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Open an autocommit connection to the test database, as another program would."""
    connection.ensure_connection()
    info = connection.connection.info
    with psycopg.connect(
        info.dsn,
        password=info.password,
        autocommit=True,
        options=f"-c statement_timeout={PATIENCE}s",
    ) as other:
        yield other


def wait_for_blocked_statement() -> None:
    """Wait until a statement of another connection waits for a lock of this one."""
    this = connection.connection.info.backend_pid
    query = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid)))"
    with another_connection() as other:
        wait_until(lambda: other.execute(query, [this]).fetchone() == (True,))


def wait_until(condition: Callable[[], object], otherwise: str = "it did not happen") -> None:
    """Wait until the condition is true. After PATIENCE seconds, fail and say `otherwise`."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end, otherwise
        sleep(0.02)
