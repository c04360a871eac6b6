"""The check function of another program, which lets its signed-in people use the functions.

A phone app or a web app of another program may call release_session and use_session as the role
`authenticated`. Everybody who signed in there has that role, so it is refused unless FUNCTION_ROLES
names a function of the program with it, as in `authenticated=app.works_at`. The function gets the
org of the purchase, reads the claims of the caller, and returns whether the caller may change it.
"""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

from studio.database.grants.catalog import rows

ROLE = "authenticated"
FILE = Path(__file__).parent / "sql" / "7_caller_check.sql"
DROP = "DROP FUNCTION IF EXISTS public.caller_may_change(uuid)"

CHECK = """
SELECT pg_get_function_result(pg_proc.oid), prosecdef,
    EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%%'),
    pg_get_userbyid(proowner)::text
FROM pg_catalog.pg_proc WHERE oid = to_regprocedure(%s)
"""
ACTUAL = """
SELECT prosrc, pg_get_userbyid(proowner)::text, prosecdef FROM pg_catalog.pg_proc
WHERE oid = to_regprocedure('public.caller_may_change(uuid)')
"""


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the statements that make caller_may_change(), or that drop it."""
    if not (check := settings.CALLER_CHECK):
        return [DROP] if rows(connection, ACTUAL) else []
    refuse_unsound(connection, check)
    text = FILE.read_text().format(schema=check.partition(".")[0], check=check, body=body(check))
    return [text]


def refuse_unsound(connection: BaseDatabaseWrapper, check: str) -> None:
    """Raise ImproperlyConfigured if the function is missing, or could be bypassed."""
    found = rows(connection, CHECK, [f"{check}(uuid)"])
    if not found:
        raise ImproperlyConfigured(
            f"FUNCTION_ROLES names {check}, and this database has no function {check}(uuid): "
            f"CREATE FUNCTION {check}(org_id uuid) RETURNS boolean …"
        )
    ((result, has_owners_rights, has_search_path, owner),) = found
    if result != "boolean":
        raise ImproperlyConfigured(f"{check}(uuid) returns {result}, and must return boolean.")
    if not (has_owners_rights and has_search_path):
        raise ImproperlyConfigured(
            f"{check}(uuid) needs its owner's rights, because studio_ledger calls it, and a "
            f"search_path that no caller can change: ALTER FUNCTION {check}(uuid) "
            "SECURITY DEFINER SET search_path = ''"
        )
    if owner in (ROLE, "anon"):
        raise ImproperlyConfigured(f"{check}(uuid) belongs to {owner}, who could change it.")


def differences(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Yield a sentence if caller_may_change() is not as the setting says."""
    actual = rows(connection, ACTUAL)
    if not (check := settings.CALLER_CHECK):
        if actual:
            yield "caller_may_change(uuid) exists, and FUNCTION_ROLES names no check function"
    elif actual != [(body(check), "studio_ledger", False)]:
        yield f"caller_may_change(uuid) does not call {check}"


def body(check: str) -> str:
    return f"SELECT {check}($1)"
