"""Read all roles and privileges from the system catalog."""

from typing import Any

from tests.database import rows

OURS = "('studio_app', 'studio_ledger')"
QUERY = f"""
SELECT 'relation', oid::regclass::text, relowner::regrole::text, relacl::text
FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'column', attrelid::regclass || '.' || attname, '', attacl::text
FROM pg_attribute WHERE attacl IS NOT NULL
UNION ALL
SELECT 'function', oid::regprocedure::text, proowner::regrole::text, proacl::text
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'schema', nspname, nspowner::regrole::text, nspacl::text FROM pg_namespace
WHERE nspname NOT LIKE 'pg\\_%'
UNION ALL
SELECT 'role', rolname, rolcanlogin::text,
    concat(rolsuper, rolinherit, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication)
FROM pg_roles WHERE rolname IN {OURS}
UNION ALL
SELECT 'member', member::regrole::text, roleid::regrole::text, admin_option::text
FROM pg_auth_members WHERE roleid::regrole::text IN {OURS} OR member::regrole::text IN {OURS}
UNION ALL
SELECT 'setting', setrole::regrole::text, setdatabase::text, setconfig::text
FROM pg_db_role_setting WHERE setrole::regrole::text IN {OURS}
UNION ALL
SELECT 'policy', polname, polrelid::regclass::text, concat(polcmd, polroles::regrole[],
    polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
FROM pg_policy
ORDER BY 1, 2, 3, 4
"""


def privileges() -> list[tuple[Any, ...]]:
    return rows(QUERY)
