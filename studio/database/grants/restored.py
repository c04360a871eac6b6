"""Functions that other roles may execute on a server without our roles.

A dump that is restored there cannot give the functions to studio_ledger, or grant them to
studio_app. They belong to the login that restores it, and PUBLIC may execute them.
"""

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from studio.database.grants.catalog import rows
from studio.database.grants.differences import Difference
from studio.database.grants.matrix import FUNCTIONS, USUAL_CALLER

QUERY = """
SELECT signature, rolname, rolsuper,
    string_agg(coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC'), ', ' ORDER BY grantee)
FROM unnest(%s::text[]) AS signature
    JOIN pg_catalog.pg_proc ON pg_proc.oid = to_regprocedure('public.' || signature)
    JOIN pg_catalog.pg_roles ON pg_roles.oid = proowner,
    aclexplode(coalesce(proacl, acldefault('f', proowner)))
WHERE grantee <> proowner AND (grantee = 0 OR pg_get_userbyid(grantee) <> ALL (%s))
GROUP BY signature, rolname, rolsuper
ORDER BY signature COLLATE "C"
"""


def open_functions(connection: BaseDatabaseWrapper) -> list[Difference]:
    """Return each function that a role besides its owner and FUNCTION_ROLES may execute."""
    callers = settings.FUNCTION_ROLES or [USUAL_CALLER]
    return [
        Difference(
            f"{grantees} may EXECUTE {signature}, which belongs to "
            f"{f'the superuser {owner}' if is_superuser else owner}"
        )
        for signature, owner, is_superuser, grantees in rows(
            connection, QUERY, [[*FUNCTIONS], callers]
        )
    ]
