"""Find differences between the catalog and the matrix of grants."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from studio.database.grants import caller_check, rights, row_security
from studio.database.grants.catalog import column, rows
from studio.database.grants.matrix import APP, FUNCTIONS, LEDGER, OLD_SESSIONS, TABLES, WEB_SETTINGS
from studio.database.grants.statements import callers

SET_UP = "python manage.py setup_roles"
POWERS = ["LOGIN", "SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION"]


@dataclass(frozen=True)
class Difference:
    """A difference in words, and the command or SQL statement that repairs it."""

    name: str
    repair: str = SET_UP

    @property
    def is_ours_to_repair(self) -> bool:
        """Return whether `setup_roles` repairs it. A person has to run any other repair."""
        return self.repair == SET_UP


def differences(connection: BaseDatabaseWrapper) -> list[Difference]:
    """Return an empty list if roles, owners, grants and policies are as in the matrix."""
    query = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regrole(name) IS NULL"
    if missing := column(connection, query, [[APP, LEDGER]]):
        return [Difference(f"the role {role} does not exist") for role in missing]
    return [
        *_roles(connection),
        *_web_settings(connection),
        *_owners(connection),
        *_callers(connection),
        *_rights(connection),
        *_rights_of_others(connection),
        *_policies(connection),
        *map(Difference, caller_check.differences(connection)),
    ]


def _roles(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    query = """
        SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
            rolreplication
        FROM pg_catalog.pg_roles WHERE rolname = ANY (%s) ORDER BY rolname
    """
    for role, *has in rows(connection, query, [[APP, LEDGER]]):
        for power, actual in zip(POWERS, has, strict=True):
            if actual != (power == "LOGIN" and role == APP):
                yield Difference(f"{role} {'has' if actual else 'lacks'} {power}")
    query = """
        SELECT DISTINCT member::regrole::text, roleid::regrole::text
        FROM pg_catalog.pg_auth_members WHERE member = ANY (%s::regrole[])
    """
    for role, group in rows(connection, query, [[APP, LEDGER]]):
        yield Difference(f"{role} is a member of {group}")
    query = """
        SELECT relowner::regrole::text FROM pg_catalog.pg_class
        WHERE oid = to_regclass('public.client_purchases')
            AND NOT pg_has_role(relowner, %s, 'USAGE')
    """
    for owner in column(connection, query, [LEDGER]):
        yield Difference(f"{owner}, which owns the tables, is not a member of {LEDGER}")


def _web_settings(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    query = """
        SELECT unnest(setconfig) FROM pg_catalog.pg_db_role_setting
        WHERE setrole = %s::regrole AND setdatabase = (
            SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    """
    there = column(connection, query, [APP])
    for setting in (f"{name}={value}" for name, value in WEB_SETTINGS.items()):
        if setting not in there:
            yield Difference(f"{APP} has no setting {setting} in this database")
    query = """
        SELECT has_database_privilege(%s, current_database(), 'CONNECT')
        UNION ALL SELECT has_schema_privilege(%s, 'public', 'USAGE')
        UNION ALL SELECT has_schema_privilege(%s, 'public', 'USAGE')
    """
    if not all(column(connection, query, [APP, APP, LEDGER])):
        yield Difference(f"{APP} may not CONNECT, or a role has no USAGE on the schema public")


def _owners(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    query = """
        SELECT oid::regprocedure::text, proowner::regrole::text FROM pg_catalog.pg_proc
        WHERE oid = ANY (SELECT to_regprocedure(name) FROM unnest(%s::text[]) AS name)
            AND proowner <> %s::regrole
        ORDER BY 1
    """
    for function, owner in rows(connection, query, [_functions(), LEDGER]):
        yield Difference(f"{function} belongs to {owner}, not to {LEDGER}")
    query = """
        SELECT relowner::regrole::text, oid::regclass::text FROM pg_catalog.pg_class
        WHERE relowner = ANY (%s::regrole[]) ORDER BY 2
    """
    for role, relation in rows(connection, query, [[APP, LEDGER]]):
        yield Difference(f"{role} owns {relation}", f"ALTER TABLE {relation} OWNER TO …;")
    query = """
        SELECT role, has_schema_privilege('public', 'public', 'CREATE')
        FROM unnest(%s::text[]) AS role WHERE has_schema_privilege(role, 'public', 'CREATE')
    """
    for role, everybody in rows(connection, query, [[APP, LEDGER]]):
        repair = "REVOKE CREATE ON SCHEMA public FROM PUBLIC;" if everybody else SET_UP
        yield Difference(f"{role} may CREATE in the schema public", repair)


def _callers(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    """Compare the roles that may EXECUTE each function, PUBLIC included."""
    query = """
        SELECT coalesce(rolname, 'PUBLIC'), is_grantable
        FROM pg_catalog.pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
            LEFT JOIN pg_catalog.pg_roles AS role ON role.oid = grantee
        WHERE pg_proc.oid = to_regprocedure(%s) AND grantee <> proowner
    """
    for signature, function in FUNCTIONS.items():
        found = rows(connection, query, [f"public.{signature}"])
        may, should = {role for role, _ in found}, {*callers(connection, function)}
        for role in sorted(may - should):
            yield Difference(f"{role} may EXECUTE {signature}")
        for role in sorted(should - may):
            yield Difference(f"{role} may not EXECUTE {signature}")
        for role in sorted(role for role, may_grant in found if may_grant):
            yield Difference(f"{role} may GRANT {signature}")


def _rights(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    actual, columns = rights.actual(connection), rights.columns(connection)
    # Other programs may depend on grants to PUBLIC on the shared tables.
    of_public = {right for right in actual["public"] if TABLES[right.table].is_shared}
    for role in (APP, LEDGER):
        named = rights.named(role, columns)
        for right, where in rights.by_table(actual[role] - named - of_public, columns):
            yield Difference(f"{role} may {right.privilege} {where}")
        for right, where in rights.by_table(named - actual[role], columns):
            yield Difference(f"{role} may not {right.privilege} {where}")
        for right, where in rights.by_table((actual[role] - named) & of_public, columns):
            if right.privilege != "SELECT":
                repair = f"REVOKE {right.privilege} ON public.{right.table} FROM PUBLIC;"
                yield Difference(f"{role} may {right.privilege} {where}, as PUBLIC may", repair)
    for role, relation in rights.on_unnamed_tables(connection):
        revoke = f"REVOKE ALL ON {relation} FROM {role};"
        repair = SET_UP if relation == OLD_SESSIONS else revoke
        yield Difference(f"{role} has rights on {relation}, which is not in the matrix", repair)


def _rights_of_others(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    for role, privilege, relation in rights.of_others_on_our_tables(connection):
        yield Difference(f"{role} may {privilege} {relation}")


def _policies(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    for role, relation in rights.without_policy(connection):
        yield Difference(f"{role} has no policy on {relation}, where row level security is on")
    for relation in row_security.without_wall(connection):
        yield Difference(f"{APP} sees rows of every studio in {relation}")


def _functions() -> list[str]:
    return [f"public.{signature}" for signature in FUNCTIONS]
