"""Logins without superuser, as on a hosted database."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import connection, transaction

from tests.database import rows


def make_login(*attributes: str) -> str:
    """Create a login that owns the database and its objects. The role is never committed."""
    assert connection.in_atomic_block
    login = f"login_{uuid4().hex}"
    rows(f"CREATE ROLE {login} LOGIN {' '.join(attributes)}")
    rows(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" OWNER TO {login}')
    hand_over(login)
    return login


def hand_over(login: str) -> None:
    """Make the login the owner of all tables and functions in the schema public."""
    in_public = "= 'public'::regnamespace"
    tables = f"SELECT oid::regclass::text FROM pg_class WHERE relnamespace {in_public}"
    for (table,) in rows(f"{tables} AND relkind = 'r'"):
        rows(f"ALTER TABLE {table} OWNER TO {login}")
    for (function,) in rows(
        f"SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace {in_public}"
    ):
        rows(f"ALTER FUNCTION {function} OWNER TO {login}")


@contextmanager
def signed_in_as(login: str) -> Iterator[None]:
    """Run the block as if this login had connected. Unlike SET ROLE, this drops the superuser's
    privileges. An error rolls the block back and propagates."""
    with transaction.atomic():
        rows(f"SET LOCAL SESSION AUTHORIZATION {login}")
        yield
        rows("RESET SESSION AUTHORIZATION")
