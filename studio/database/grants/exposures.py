"""Rights of other programs' roles by which they could change a count or write a ledger.

The shared tables belong to other programs too, so `setup_roles` does not revoke such a right. It
prints the right and the statement that revokes it, and so does the system check.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from studio.database.grants.catalog import rows
from studio.database.grants.differences import Difference
from studio.database.grants.matrix import APP, FUNCTIONS, LEDGER, TABLES

COUNTS = ["sessions_used", "sessions_total"]
EFFECTS = {
    "UPDATE": "may UPDATE the counts of",
    "TRUNCATE": "may TRUNCATE",
    "TRIGGER": f"may CREATE a TRIGGER, which can run as {LEDGER}, on",
}
# Grants to a role that is neither the owner nor ours, with the role's members.
GRANTED = """
WITH shared AS (
    SELECT oid, relname, relowner, relacl FROM pg_catalog.pg_class
    WHERE oid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
), granted AS (
    SELECT relname, relowner, (aclexplode(relacl)).* FROM shared
    UNION ALL
    SELECT relname, relowner, (aclexplode(attacl)).*
    FROM shared JOIN pg_catalog.pg_attribute ON attrelid = shared.oid
    WHERE relname = 'client_purchases' AND attname = ANY (%s)
)
SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(rolname) END, privilege_type,
    array_agg(DISTINCT relname::text), bool_or(is_grantable),
    ARRAY(
        SELECT member.rolname::text FROM pg_catalog.pg_roles AS member
        WHERE grantee <> 0 AND member.oid NOT IN (grantee, relowner) AND NOT member.rolsuper
            AND pg_has_role(member.oid, nullif(grantee, 0), 'MEMBER')
        ORDER BY 1
    )
FROM granted LEFT JOIN pg_catalog.pg_roles ON pg_roles.oid = grantee
WHERE grantee <> relowner AND NOT coalesce(rolsuper, false)
    AND coalesce(rolname, '') <> ALL (%s)
    AND (privilege_type = 'TRIGGER'
        OR relname = 'client_purchases' AND privilege_type IN ('UPDATE', 'TRUNCATE'))
GROUP BY grantee, rolname, relowner, privilege_type
ORDER BY 1, 2
"""
MEMBERS = """
SELECT quote_ident(member.rolname), quote_ident(powerful.rolname)
FROM pg_catalog.pg_class
    JOIN pg_catalog.pg_roles AS powerful
        ON powerful.oid = relowner OR powerful.rolname = ANY (%s)
    JOIN pg_catalog.pg_roles AS member ON member.oid NOT IN (powerful.oid, relowner)
WHERE pg_class.oid = to_regclass('public.client_purchases')
    AND NOT member.rolsuper
    -- From PostgreSQL 16, some members may neither inherit the rights nor SET ROLE.
    AND (pg_has_role(member.oid, powerful.oid, 'USAGE')
        OR pg_has_role(member.oid, powerful.oid,
            CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER'
                ELSE 'SET' END))
ORDER BY 1, 2
"""
TRIGGERS = """
SELECT quote_ident(tgname), quote_ident(relname), tgfoid::regprocedure::text,
    quote_ident(pg_get_userbyid(proowner))
FROM pg_catalog.pg_trigger
    JOIN pg_catalog.pg_class ON pg_class.oid = tgrelid
    JOIN pg_catalog.pg_proc ON pg_proc.oid = tgfoid
    JOIN pg_catalog.pg_roles ON pg_roles.oid = proowner
WHERE NOT tgisinternal AND proowner <> relowner AND NOT rolsuper
    AND tgrelid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
    AND tgfoid <> ALL (
        SELECT to_regprocedure(name) FROM unnest(%s::text[]) AS name
        WHERE to_regprocedure(name) IS NOT NULL)
ORDER BY relname, tgname
"""


def exposures(connection: BaseDatabaseWrapper) -> list[Difference]:
    """Return the rights of other roles, each with the statement that revokes it."""
    return [*_grants(connection), *_members(connection)]


def foreign_triggers(connection: BaseDatabaseWrapper) -> list[Difference]:
    """Return the triggers on the shared tables whose function belongs neither to the table's owner
    nor to a superuser. Such a function runs with the rights of whoever changes the row, and that
    is studio_ledger while one of our functions runs."""
    ours = [f"public.{signature}" for signature in FUNCTIONS]
    return [
        Difference(
            f"the trigger {trigger} on {table} runs {function} of {owner}, which runs as {LEDGER} "
            "in our functions and could write the ledgers",
            f"DROP TRIGGER {trigger} ON public.{table};",
        )
        for trigger, table, function, owner in rows(connection, TRIGGERS, [_shared(), ours])
    ]


def _grants(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    params = [_shared(), COUNTS, [APP, LEDGER]]
    for role, privilege, tables, may_grant, members in rows(connection, GRANTED, params):
        named = ", ".join(f"public.{table}" for table in tables)
        also = f" (so may {', '.join(members)} as a member)" if members else ""
        yield Difference(
            f"{role} {EFFECTS[privilege]} {', '.join(tables)}{also}",
            f"REVOKE {privilege} ON {named} FROM {role}{' CASCADE' if may_grant else ''};",
        )


def _members(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    for role, group in rows(connection, MEMBERS, [[APP, LEDGER, "pg_write_all_data"]]):
        yield Difference(
            f"{role} has the rights of {group}, which may change counts",
            f"REVOKE {group} FROM {role};",
        )


def _shared() -> list[str]:
    return [f"public.{name}" for name, table in TABLES.items() if table.is_shared]
