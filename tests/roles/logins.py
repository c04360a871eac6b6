"""Logins that are no superuser, as a hosted database gives them out."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import connection, transaction

from tests.database import rows


def make_login(*attributes: str) -> str:
    """It owns the database and all that is in it. Like every role of these tests it is never
    committed."""
    assert connection.in_atomic_block
    login = f"login_{uuid4().hex}"
    rows(f"CREATE ROLE {login} LOGIN {' '.join(attributes)}")
    rows(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" OWNER TO {login}')
    hand_over(login)
    return login


def hand_over(login: str) -> None:
    """All the tables and functions in the schema public, to this login."""
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
    """What is asked inside is asked as if this login had connected: unlike after SET ROLE, the
    rights of the superuser who did are gone. A refusal undoes it all and passes through."""
    with transaction.atomic():
        rows(f"SET LOCAL SESSION AUTHORIZATION {login}")
        yield
        rows("RESET SESSION AUTHORIZATION")
