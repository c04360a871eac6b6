"""Default privileges, which grant other roles rights on each new table and function."""

from studio.database.schema import postgres
from studio.database.tables.finding import Finding

DEFAULTS = """
SELECT quote_ident(pg_get_userbyid(defaclrole)),
    CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' ELSE 'FUNCTIONS' END,
    CASE defaclnamespace WHEN 0 THEN '' ELSE ' IN SCHEMA public' END,
    string_agg(DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC'
        ELSE quote_ident(pg_get_userbyid(grantee)) END, ', ')
FROM pg_default_acl, aclexplode(defaclacl)
WHERE defaclnamespace IN (0, 'public'::regnamespace) AND defaclobjtype IN ('r', 'S', 'f')
    AND grantee <> defaclrole
    -- PUBLIC may execute a new function in every database.
    AND NOT (grantee = 0 AND defaclobjtype = 'f' AND defaclnamespace = 0)
    AND defaclrole IN (
        SELECT relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relname IN ('client_purchases', 'session_events')
    )
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
"""


def default_rights() -> list[Finding]:
    return [
        Finding(
            f"new {kind} of {owner} are granted to {roles}, until setup_roles revokes it",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner}{schema} REVOKE ALL ON {kind} FROM {roles};",
            is_error=False,
        )
        for owner, kind, schema, roles in postgres().execute(DEFAULTS).fetchall()
    ]
