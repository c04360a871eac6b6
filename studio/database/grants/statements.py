"""The idempotent SQL that sets up the roles and grants."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

from studio.database.grants import caller_check, row_security
from studio.database.grants.catalog import column
from studio.database.grants.matrix import (
    APP,
    FUNCTIONS,
    LEDGER,
    OLD_SESSIONS,
    TABLES,
    USUAL_CALLER,
    WEB_SETTINGS,
    Function,
)

FOLDER = Path(__file__).parent / "sql"
HEADER = """\
-- The database roles of Studio, for whoever may create roles and hand over functions. Running it
-- again does no harm. The web process connects as studio_app, which has no password yet where it
-- is new: give it one with `\\password studio_app` in psql.
"""


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the statements in order, for one transaction."""
    return [
        # Two runs at once would block each other.
        "SELECT pg_advisory_xact_lock(hashtext('studio_roles'))",
        _file("1_roles"),
        _file("2_web_settings"),
        _file("3_owner_of_functions"),
        # An automatic ANALYZE waits for whoever has granted a right on its table. A statement that
        # then waits for its lock would be a deadlock, so the policies come before the grants.
        _file("4_row_security"),
        _file("5_policies"),
        _file("6_everybody_else"),
        *_grants(connection),
        *caller_check.statements(connection),
    ]


def role_statement() -> str:
    """Return the statement that creates the roles."""
    return _file("1_roles")


def script(connection: BaseDatabaseWrapper) -> str:
    """Return the statements as a script for psql."""
    body = "".join(f"\n{statement.strip().rstrip(';')};\n" for statement in statements(connection))
    return f"{HEADER}\nBEGIN;\n{body}\nCOMMIT;"


def callers(connection: BaseDatabaseWrapper, function: Function) -> list[str]:
    """Return the roles that may execute a function, besides its owner."""
    others = function_roles(connection) if function.is_for_other_programs else []
    return list(dict.fromkeys([*function.callers, *others]))


def function_roles(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the roles of other programs that may call release_session and use_session.

    Raises ImproperlyConfigured if FUNCTION_ROLES names a role that does not exist.
    """
    wanted = settings.FUNCTION_ROLES or [USUAL_CALLER]
    query = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = ANY (%s)"
    there = column(connection, query, [wanted])
    # FUNCTION_ROLES may name studio_app before it exists.
    missing = [role for role in settings.FUNCTION_ROLES if role not in [*there, APP]]
    if missing:
        raise ImproperlyConfigured(
            f"FUNCTION_ROLES names {', '.join(missing)}, and this database has no such role: "
            "create it, or take it out of FUNCTION_ROLES."
        )
    return [role for role in wanted if role in there or role == APP]


def quoted(name: str) -> str:
    """Return a quoted SQL identifier."""
    return '"{}"'.format(name.replace('"', '""'))


def _grants(connection: BaseDatabaseWrapper) -> list[str]:
    tables = [
        f"GRANT {table.rights(role)} ON public.{name} TO {role}"
        for name, table in TABLES.items()
        for role in (APP, LEDGER)
        if table.rights(role)
    ]
    functions = [
        f"GRANT EXECUTE ON FUNCTION public.{signature} TO {', '.join(map(quoted, named))}"
        for signature, function in FUNCTIONS.items()
        if (named := callers(connection, function))
    ]
    return [*tables, *functions]


def _file(stem: str) -> str:
    own = [name for name, table in TABLES.items() if not table.is_shared]
    shared = [name for name, table in TABLES.items() if table.is_shared]
    roles = [
        f"('public.{name}', '{role}')"
        for name, table in TABLES.items()
        for role in (APP, LEDGER)
        if table.rights(role)
    ]
    return (
        (FOLDER / f"{stem}.sql")
        .read_text()
        .format(
            functions=_listed([f"public.{signature}" for signature in FUNCTIONS]),
            own_tables=_listed([f"public.{name}" for name in own]),
            shared_tables=_listed([f"public.{name}" for name in shared]),
            old_sessions=OLD_SESSIONS,
            roles_of_tables=_indented(roles),
            limited_tables=row_security.values(),
            must_have_it=row_security.MUST_HAVE_IT.strip(),
            is_as_created=row_security.IS_AS_CREATED.strip(),
            policy=quoted(row_security.POLICY),
            policy_name=row_security.POLICY,
            web_settings=_listed([f"{name}={value}" for name, value in WEB_SETTINGS.items()]),
        )
    )


def _listed(texts: list[str]) -> str:
    return _indented([f"'{text}'" for text in texts])


def _indented(items: list[str]) -> str:
    return "\n            " + ",\n            ".join(items)
