"""Row level security: the rows of one studio that `studio_app` sees.

`select_session.sql` stores the org of the signed-in member in a setting of the connection. A
restrictive policy compares each row with it. So a query that forgets its filter, or an injected
one, returns rows of one studio.
"""

from collections.abc import Iterator
from hashlib import md5

from django.db.backends.base.base import BaseDatabaseWrapper

from studio.database.grants.catalog import rows
from studio.database.grants.matrix import APP, LEDGER, TABLES

POLICY = f"{APP} sees its studio"

# The orgs of the setting. The subqueries run once for each statement. The inner one is there for
# linters of databases, which look for a subquery around current_setting() alone.
ORGS = (
    "ANY ((SELECT nullif("
    "(SELECT pg_catalog.current_setting('studio.org_ids', true)), '')::uuid[])::uuid[])"
)


def _is_visible(*conditions: str) -> str:
    """Return an expression that is true if any of the conditions is true.

    The planner estimates that `IS NOT NULL` holds for nearly every row. It would expect few rows of
    a plain comparison, and choose other plans. Later conditions run only if the first ones fail.
    """
    branches = " ".join(f"WHEN {condition} THEN true" for condition in conditions)
    return f"CASE {branches} END IS NOT NULL"


# Policies apply to the tables of these subqueries too. LIMIT keeps the planner from reading the
# whole table to build a hash table.
_OF_PURCHASE = (
    "(SELECT true FROM public.client_purchases AS line WHERE line.id = purchase_id LIMIT 1)"
)
_OF_OFFER = "(SELECT true FROM public.offers AS line WHERE line.id = offer_id LIMIT 1)"
# A person of several studios requests things in each of them, so their membership names none.
_OF_COLLEAGUE = (
    "(SELECT true FROM public.studio_membership AS member"  # noqa: S608  constants of this module
    f" WHERE member.user_id = actor_id AND member.org_id = {ORGS} AND NOT EXISTS ("
    "SELECT FROM public.studio_membership AS other"
    " WHERE other.user_id = actor_id AND other.org_id <> member.org_id) LIMIT 1)"
)
_OF_ORG = f"org_id = {ORGS}"
_OF_EVENT = _is_visible(_OF_ORG, _OF_PURCHASE)

# The condition of each table that `studio_app` may read.
CONDITIONS = {
    "clients": _is_visible(_OF_ORG),
    "offers": _is_visible(_OF_ORG),
    "client_purchases": _is_visible(_OF_ORG),
    # The event of a purchase that has moved to this studio has the org of the former one.
    "session_events": _OF_EVENT,
    "purchase_events": _OF_EVENT,
    "expiry_events": _OF_EVENT,
    # A request of the same transaction needs no lookup, so that a press costs nothing more. The
    # request for a sale that was refused has no purchase, but an offer.
    "session_requests": _is_visible(
        "claimed_xact_id = pg_catalog.pg_current_xact_id_if_assigned()",
        _OF_PURCHASE,
        _OF_OFFER,
        _OF_COLLEAGUE,
    ),
    "client_search_terms": _is_visible(_OF_ORG),
    "cancelled_classes": _is_visible(_OF_ORG),
    "cancelled_class_lines": _is_visible(
        "(SELECT true FROM public.cancelled_classes AS line"
        " WHERE line.id = cancelled_class_id LIMIT 1)"
    ),
    "seals": _is_visible(_OF_ORG),
    "seal_leaves": _is_visible(
        "(SELECT true FROM public.seals AS line WHERE line.id = seal_id LIMIT 1)"
    ),
    "studio_security_event": _is_visible(_OF_ORG),
    "offer_events": _is_visible(_OF_ORG),
    "client_events": _is_visible(_OF_ORG),
    "client_requests": _is_visible(_OF_ORG),
    "merged_clients": _is_visible(
        "(SELECT true FROM public.clients AS line WHERE line.id = kept_client_id LIMIT 1)"
    ),
    "imports": _is_visible(_OF_ORG),
    "studio_finishedstep": _is_visible(_OF_ORG),
}

# A wrong sign-in is recorded before its studio is known, so the policy does not limit INSERT.
READ_ONLY = {"studio_security_event"}

_ACCOUNT = "the session and the sign-in read it before the studio is known"
# The reason for each other table that `studio_app` may read.
WITHOUT_POLICY = {
    "orgs": _ACCOUNT,
    "studio_user": _ACCOUNT,
    "studio_membership": _ACCOUNT,
    "studio_pin": _ACCOUNT,
    "studio_totp": _ACCOUNT,
    "studio_passkey": _ACCOUNT,
    "studio_recoverycode": _ACCOUNT,
    "studio_secondfactorrole": _ACCOUNT,
    "studio_policy": _ACCOUNT,
    "studio_allowance": _ACCOUNT,
    "studio_session": _ACCOUNT,
    "studio_ratelimit": "a row counts the tries of an address or a name, also of unknown ones",
    "studio_user_groups": "the site gives no permissions by groups",
    "studio_user_user_permissions": "the site gives no permissions to single users",
    "django_admin_log": "an entry names an account, which may have left its studio",
    "import_rows": "an import copies its rows in, and COPY FROM does not work with a policy",
    "seal_salts": "a salt is random, and worthless without its leaf",
    "studio_backup": "no row of a studio",
    "auth_group": "no row of a studio",
    "auth_group_permissions": "no row of a studio",
    "auth_permission": "no row of a studio",
    "django_content_type": "no row of a studio",
    "django_migrations": "no row of a studio",
}


def policies() -> list[tuple[str, str, str, str]]:
    """Return table, command, condition, and the hash of both, for each policy."""
    found = []
    for name, condition in CONDITIONS.items():
        command = "SELECT" if name in READ_ONLY else "ALL"
        digest = md5(f"{command} {condition}".encode(), usedforsecurity=False).hexdigest()
        found.append((name, command, condition, digest))
    return found


# Tables that must have row level security. A shared table must not, if a role of another program
# has a right on it: that role could no longer COPY into it. If the other program has switched it
# on, our policy is added.
MUST_HAVE_IT = f"""
    (class.relrowsecurity OR NOT is_shared OR NOT EXISTS (
        SELECT FROM (
            SELECT (aclexplode(class.relacl)).grantee
            UNION ALL
            SELECT (aclexplode(attacl)).grantee FROM pg_catalog.pg_attribute
            WHERE attrelid = class.oid
        ) AS granted
        WHERE grantee <> ALL (
            ARRAY[class.relowner, '{APP}'::regrole::oid, '{LEDGER}'::regrole::oid]
        )
    ))
"""  # noqa: S608  constants of this module
# Whether the policy is as `4_row_security.sql` created it. Its comment has the hash of its source,
# and the hash of the expression as PostgreSQL prints it.
IS_AS_CREATED = f"""
    class.relrowsecurity AND EXISTS (
        SELECT FROM pg_catalog.pg_policy AS policy
        WHERE policy.polrelid = class.oid AND policy.polname = '{POLICY}'
            AND NOT policy.polpermissive
            AND policy.polroles = ARRAY['{APP}'::regrole::oid]
            AND policy.polwithcheck IS NULL
            AND pg_catalog.obj_description(policy.oid, 'pg_policy') = concat(
                'The rows of the studios in the setting studio.org_ids. ', digest, ' ',
                md5(policy.polcmd::text || pg_catalog.pg_get_expr(policy.polqual, policy.polrelid)))
    )
"""


def values() -> str:
    """Return the policies as rows of VALUES."""
    quoted = [
        ", ".join(_literal(text) for text in (f"public.{name}", *policy))
        + f", {str(TABLES[name].is_shared).lower()}"
        for name, *policy in policies()
    ]
    return ",\n            ".join(f"({row})" for row in quoted)


def without_wall(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Yield the tables of which `studio_app` sees rows of every studio, against CONDITIONS."""
    named = f"(VALUES {values()}) AS named (relation, command, condition, digest, is_shared)"
    is_open = f"{MUST_HAVE_IT} AND NOT ({IS_AS_CREATED})"
    query = (
        f"SELECT class.oid::regclass::text FROM {named}"  # noqa: S608  constants of this module
        " JOIN pg_catalog.pg_class AS class ON class.oid = to_regclass(relation)"
        f" WHERE {is_open} ORDER BY 1"
    )
    for (relation,) in rows(connection, query):
        yield relation


def _literal(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
