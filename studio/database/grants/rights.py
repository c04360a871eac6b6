"""Privileges on tables, as the matrix defines them and as the catalog grants them."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from studio.database.grants.catalog import rows
from studio.database.grants.matrix import APP, LEDGER, TABLES, parsed

ON_COLUMNS = ["SELECT", "INSERT", "UPDATE", "REFERENCES"]
ON_TABLES = ["DELETE", "TRUNCATE", "TRIGGER"]


class Right(NamedTuple):
    table: str
    privilege: str
    # None for a privilege that exists on whole tables only.
    column: str | None


def columns(connection: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """Return the column names of each existing table of the matrix, in table order."""
    query = """
        SELECT relname, array_agg(attname::text ORDER BY attnum)
        FROM pg_catalog.pg_class JOIN pg_catalog.pg_attribute ON attrelid = pg_class.oid
        WHERE pg_class.oid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
            AND attnum > 0 AND NOT attisdropped
        GROUP BY relname
    """
    return dict(rows(connection, query, [_tables()]))


def named(role: str, columns: dict[str, list[str]]) -> set[Right]:
    """Return the privileges that the matrix gives a role, a Right per column."""
    return {
        Right(table, privilege, each)
        for table, its_columns in columns.items()
        for privilege, column in parsed(TABLES[table].rights(role))
        for each in ([column] if column else its_columns if privilege in ON_COLUMNS else [None])
    }


def actual(connection: BaseDatabaseWrapper) -> dict[str, set[Right]]:
    """Return the effective privileges of each role and of PUBLIC, inherited ones included."""
    query = """
        SELECT role, relname::text, privilege, attname::text
        FROM pg_catalog.pg_class JOIN pg_catalog.pg_attribute ON attrelid = pg_class.oid,
            unnest(%s::text[]) AS role, unnest(%s::text[]) AS privilege
        WHERE pg_class.oid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
            AND attnum > 0 AND NOT attisdropped
            AND has_column_privilege(role, pg_class.oid, attnum, privilege)
        UNION ALL
        SELECT role, relname::text, privilege, NULL
        FROM pg_catalog.pg_class, unnest(%s::text[]) AS role, unnest(%s::text[]) AS privilege
        WHERE pg_class.oid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
            AND has_table_privilege(role, pg_class.oid, privilege)
    """
    roles = [APP, LEDGER, "public"]
    found: dict[str, set[Right]] = {role: set() for role in roles}
    params = [roles, ON_COLUMNS, _tables(), roles, ON_TABLES, _tables()]
    for role, table, privilege, column in rows(connection, query, params):
        found[role].add(Right(table, privilege, column))
    return found


def by_table(rights: set[Right], columns: dict[str, list[str]]) -> Iterator[tuple[Right, str]]:
    """Yield one Right per table and privilege, with a name for the group: `orgs` for the whole
    table, or `orgs (name, slug)` for some columns."""
    in_order = sorted(rights, key=lambda right: (right[:2], str(right.column)))
    for (table, _), group in groupby(in_order, key=lambda right: right[:2]):
        some = list(group)
        names = [right.column for right in some if right.column]
        whole = not names or len(names) == len(columns[table])
        yield some[0], table if whole else f"{table} ({', '.join(names)})"


def on_unnamed_tables(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Return pairs of role and table for grants on tables that the matrix does not name."""
    query = """
        SELECT DISTINCT grantee::regrole::text, oid::regclass::text
        FROM pg_catalog.pg_class, aclexplode(relacl)
        WHERE grantee = ANY (%s::regrole[]) AND grantee <> relowner
            AND oid <> ALL (
                SELECT to_regclass(name) FROM unnest(%s::text[]) AS name
                WHERE to_regclass(name) IS NOT NULL)
            AND relkind <> 'S'
        ORDER BY 1, 2
    """
    return [(role, table) for role, table in rows(connection, query, [[APP, LEDGER], _tables()])]


def of_others_on_our_tables(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """Return grants to roles outside the matrix on tables and sequences of ours: role,
    privileges, relation."""
    query = """
        WITH own AS (
            SELECT oid FROM pg_catalog.pg_class
            WHERE oid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
            UNION
            SELECT objid FROM pg_catalog.pg_depend
                JOIN pg_catalog.pg_class ON pg_class.oid = objid AND relkind = 'S'
            WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
                AND refobjid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
        ), granted AS (
            SELECT oid, relowner, relkind, aclexplode(relacl) AS acl FROM pg_catalog.pg_class
            UNION ALL
            SELECT pg_class.oid, relowner, relkind, aclexplode(attacl)
            FROM pg_catalog.pg_class JOIN pg_catalog.pg_attribute ON attrelid = pg_class.oid
        )
        SELECT coalesce(rolname, 'PUBLIC'),
            string_agg(DISTINCT (acl).privilege_type, ', ' ORDER BY (acl).privilege_type),
            granted.oid::regclass::text
        FROM granted JOIN own USING (oid)
            LEFT JOIN pg_catalog.pg_roles AS role ON role.oid = (acl).grantee
        WHERE (acl).grantee <> relowner
            AND (relkind = 'S' OR coalesce(rolname, 'PUBLIC') <> ALL (%s))
        GROUP BY 1, 3
        ORDER BY 1, 3
    """
    own = [f"public.{name}" for name, table in TABLES.items() if not table.is_shared]
    return [(a, b, c) for a, b, c in rows(connection, query, [own, own, [APP, LEDGER]])]


def without_policy(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Return pairs of role and table if row level security hides rows that the role needs."""
    query = """
        SELECT role, class.oid::regclass::text
        FROM unnest(%s::text[], %s::text[]) AS named (role, name)
            JOIN pg_catalog.pg_class AS class ON class.oid = to_regclass(name)
        WHERE relrowsecurity AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_policy
            WHERE polrelid = class.oid AND polname = role || ' reads and writes'
                AND polpermissive AND polcmd = '*' AND polroles = ARRAY[role::regrole::oid]
                AND pg_get_expr(polqual, polrelid) = 'true'
                AND coalesce(pg_get_expr(polwithcheck, polrelid), 'true') = 'true')
        ORDER BY 1, 2
    """
    pairs = [
        (role, f"public.{name}")
        for role in (APP, LEDGER)
        for name, table in TABLES.items()
        if table.rights(role)
    ]
    params = [[role for role, _ in pairs], [name for _, name in pairs]]
    return [(role, relation) for role, relation in rows(connection, query, params)]


def _tables() -> list[str]:
    return [f"public.{name}" for name in TABLES]
