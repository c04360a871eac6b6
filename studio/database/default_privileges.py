"""The revocation of rights that default privileges grant other roles on new objects of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from studio.database.schema import postgres

# REVOKE statements for new objects on which default privileges granted rights to other roles.
REVOKE_DEFAULT_PRIVILEGES = """
SELECT format('REVOKE ALL ON %%s %%s FROM %%s CASCADE', kind, name,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM (
    SELECT oid, CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass::text,
        relacl, relowner
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
    UNION ALL
    SELECT oid, 'FUNCTION', oid::regprocedure::text,
        coalesce(proacl, acldefault('f', proowner)), proowner
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS made (oid, kind, name, acl, owner), aclexplode(acl) AS given
WHERE NOT oid = ANY (%s::oid[]) AND grantee <> owner
    -- Another session may have created an object for another program since.
    AND owner = current_user::regrole
GROUP BY kind, name, grantee
"""
EXISTING_OBJECTS = """
SELECT coalesce(array_agg(oid), '{}') FROM (
    SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS made
"""


@contextmanager
def closed_to_others() -> Iterator[None]:
    """Revoke, at the end, the rights that default privileges granted other roles on new objects."""
    (before,) = postgres().execute(EXISTING_OBJECTS).fetchone() or ([],)
    yield
    for (revoke,) in postgres().execute(REVOKE_DEFAULT_PRIVILEGES, [before]).fetchall():
        postgres().execute(revoke)
