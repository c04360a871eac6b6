"""Apply the matrix of grants, as far as the login is allowed to."""

from django.db import ProgrammingError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import InsufficientPrivilege

from studio.database.grants.catalog import column, rows
from studio.database.grants.differences import differences
from studio.database.grants.matrix import APP, FUNCTIONS, LEDGER, TABLES
from studio.database.grants.statements import role_statement, statements
from studio.database.grants.web import give_password

PRINT = "`python manage.py setup_roles --print` prints the SQL for a database administrator"


class NotAllowed(Exception):
    """The login may not set up the roles. The text says which step failed and what to do."""


def set_up(connection: BaseDatabaseWrapper) -> bool:
    """Grant what the matrix says, and return whether anything changed.

    Raises `NotAllowed` if a difference remains that this login may not change. All other steps are
    done by then, unless a role is missing that the login may not create.
    """
    refuse_without_our_tables(connection)
    if not what_is_left(connection):
        return False
    missing = missing_roles(connection)
    refuse_to_create(connection, missing)
    refused: list[str] = []
    with transaction.atomic(using=connection.alias):
        for statement in statements(connection):
            try:
                with transaction.atomic(using=connection.alias):
                    rows(connection, statement)
            except ProgrammingError as error:
                if not isinstance(error.__cause__, InsufficientPrivilege):
                    raise
                refused.append(error.__cause__.diag.message_primary or str(error))
        if APP in missing:
            give_password(connection)
    if left := what_is_left(connection):
        reasons = "; ".join(dict.fromkeys(refused)) or "PostgreSQL granted less than requested"
        raise NotAllowed(
            f"This login may not set up everything ({reasons}). "
            f"What remains: {'; '.join(left)}. {PRINT}."
        )
    return True


def refuse_missing_roles(connection: BaseDatabaseWrapper) -> None:
    """Raise `NotAllowed` if a role is missing and the login may not create it."""
    refuse_to_create(connection, missing_roles(connection))


def create_roles(connection: BaseDatabaseWrapper) -> None:
    """Create our roles if they are missing, for a database that has no tables yet.

    Raises `NotAllowed` if the login may not create them.
    """
    missing = missing_roles(connection)
    refuse_to_create(connection, missing)
    if missing:
        with transaction.atomic(using=connection.alias):
            rows(connection, role_statement())
            if APP in missing:
                give_password(connection)


def what_is_left(connection: BaseDatabaseWrapper) -> list[str]:
    return [each.name for each in differences(connection) if each.is_ours_to_repair]


def refuse_without_our_tables(connection: BaseDatabaseWrapper) -> None:
    missing = column(
        connection,
        "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NULL"
        " UNION ALL"
        " SELECT name FROM unnest(%s::text[]) AS name WHERE to_regprocedure(name) IS NULL",
        [[f"public.{name}" for name in TABLES], [f"public.{name}" for name in FUNCTIONS]],
    )
    if missing:
        raise NotAllowed(
            f"{', '.join(missing)} do not exist. Run `python manage.py migrate` first."
        )


def missing_roles(connection: BaseDatabaseWrapper) -> list[str]:
    query = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regrole(name) IS NULL"
    return column(connection, query, [[APP, LEDGER]])


def refuse_to_create(connection: BaseDatabaseWrapper, missing: list[str]) -> None:
    query = """
        SELECT current_user WHERE NOT EXISTS (
            SELECT FROM pg_catalog.pg_roles
            WHERE rolname = current_user AND (rolsuper OR rolcreaterole))
    """
    if missing and (login := column(connection, query)):
        raise NotAllowed(
            f"The login {login[0]} may not create roles, and there is no "
            f"{' and no '.join(missing)}. {PRINT}."
        )
