"""Inspect the server, the login, and each of the four tables as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from studio.database.attach.report import Report
from studio.database.schema import postgres

TABLES = ["orgs", "clients", "offers", "client_purchases"]
LEADS_TO = {
    "clients": {"org_id": "orgs"},
    "offers": {"org_id": "orgs"},
    "client_purchases": {"org_id": "orgs", "client_id": "clients", "offer_id": "offers"},
}

SERVER = """
SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
    current_database()::text, current_user::text, current_schema()::text,
    has_schema_privilege('public', 'CREATE'),
    has_database_privilege(current_database(), 'TEMPORARY'),
    lower('É') = 'é',
    (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
"""

TABLE = """
SELECT relname::text, relkind::text, pg_get_userbyid(relowner)::text,
    pg_has_role(relowner, 'USAGE'), relrowsecurity, relforcerowsecurity,
    to_regclass(relname::text) = pg_class.oid,
    EXISTS (
        SELECT FROM pg_index
        JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE indrelid = pg_class.oid AND attname = 'id' AND indnkeyatts = 1
            AND indisunique AND indimmediate AND indisvalid AND indpred IS NULL
    ),
    ARRAY(
        SELECT format('%%s → %%s', attname, confrelid::regclass)
        FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE conrelid = pg_class.oid AND contype = 'f' AND cardinality(conkey) = 1
    ),
    (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid),
    ARRAY(
        SELECT tgname::text FROM pg_trigger
        WHERE tgrelid = pg_class.oid AND NOT tgisinternal ORDER BY tgname
    ),
    ARRAY(
        SELECT DISTINCT conrelid::regclass::text FROM pg_constraint
        WHERE confrelid = pg_class.oid AND contype = 'f' ORDER BY 1
    ),
    ARRAY(
        SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = pg_class.oid ORDER BY 1
    ),
    -- ON UPDATE
    ARRAY(
        SELECT quote_ident(rulename) FROM pg_rewrite
        WHERE ev_class = pg_class.oid AND ev_type = '2' ORDER BY rulename
    )
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%s)
"""


@dataclass(frozen=True)
class Server:
    version: int
    encoding: str
    database: str
    login: str
    schema: str | None
    may_create: bool
    may_create_temporary: bool
    folds_accented_letters: bool
    sees_every_row: bool


@dataclass(frozen=True)
class Table:
    name: str
    kind: str
    owner: str
    is_ours: bool
    row_security: bool
    forces_row_security: bool
    is_found_by_name: bool
    has_key: bool
    leads: list[str]
    policies: int
    triggers: list[str]
    led_to_by: list[str]
    heirs: list[str]
    rules: list[str]


def inspect_server(report: Report) -> Server:
    row = postgres().execute(SERVER).fetchone()
    assert row is not None
    server = Server(*row)
    report.note(
        f"PostgreSQL {server.version // 10000}, database {server.database} in {server.encoding}, "
        f"as {server.login}"
    )
    check_server(report, server)
    return server


def check_server(report: Report, server: Server) -> None:
    if server.version < 150000:
        report.refuse(
            f"this is PostgreSQL {server.version // 10000}; Studio needs 15 or later: upgrade it"
        )
    if server.encoding != "UTF8":
        report.refuse(
            f"the database is in {server.encoding}; Studio needs UTF8: pg_dump it, and restore "
            "into one made with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        )
    if server.schema != "public":
        report.refuse(
            f"objects that {server.login} creates go to {server.schema or 'no schema'}, not to "
            f"public: ALTER ROLE {server.login} IN DATABASE {server.database} "
            "SET search_path = public"
        )
    if not server.may_create:
        report.refuse(
            f"{server.login} may not create objects in the schema public: "
            f"GRANT CREATE ON SCHEMA public TO {server.login}"
        )
    if not server.may_create_temporary:
        report.refuse(
            f"{server.login} may not create temporary tables, which attach needs: "
            f"GRANT TEMPORARY ON DATABASE {server.database} TO {server.login}"
        )
    if server.encoding == "UTF8" and not server.folds_accented_letters:
        report.warn("the database's LC_CTYPE does not fold É to é, so the search will not either")


def inspect_tables(report: Report, server: Server) -> list[str]:
    """Report the four tables, and return the names of those that exist."""
    tables = [Table(*row) for row in postgres().execute(TABLE, [TABLES]).fetchall()]
    names = {table.name for table in tables}
    for name in TABLES:
        if name not in names:
            report.refuse(f"the table {name} is missing")
    if not names:
        report.refuse("an empty database needs no attaching: python manage.py migrate")
    for table in sorted(tables, key=lambda table: TABLES.index(table.name)):
        report.note(described(table))
        check_table(report, table)
        check_login(report, table, server)
    return [table.name for table in tables]


def inspect_after_attaching(report: Report) -> None:
    """Report the four tables of an attached database. Leave out what the login may not do, unless
    it is the login that migrates."""
    row = postgres().execute(SERVER).fetchone()
    assert row is not None
    tables = [Table(*row) for row in postgres().execute(TABLE, [TABLES]).fetchall()]
    names = {table.name for table in tables}
    report.refuse(*(f"the table {name} is missing" for name in TABLES if name not in names))
    for table in sorted(tables, key=lambda table: TABLES.index(table.name)):
        check_table(report, table)
        if any(other.is_ours for other in tables):
            check_login(report, table, Server(*row))


def described(table: Table) -> str:
    parts = [f"{table.name} of {table.owner}"]
    if table.row_security:
        parts.append(f"row level security (policies: {table.policies})")
    if table.triggers:
        parts.append(f"triggers {', '.join(table.triggers)}")
    if others := [name for name in table.led_to_by if name.split(".")[-1] not in TABLES]:
        parts.append(f"foreign keys from {', '.join(others)}")
    return "; ".join(parts)


def check_table(report: Report, table: Table) -> None:
    name = table.name
    if table.kind not in ("r", "p"):
        report.refuse(
            f"{name} is a view or a foreign table: public.{name} must be an ordinary table"
        )
        return
    if table.kind == "p" or table.heirs:
        parts = ", ".join(table.heirs) or "none yet"
        report.refuse(
            f"{name} has partitions or child tables ({parts}), whose rows can change without "
            f"the ledger: move their rows into one ordinary table {name}"
        )
    if table.rules and name == "client_purchases":
        drop = "; ".join(f"DROP RULE {rule} ON public.{name}" for rule in table.rules)
        report.refuse(
            f"{name} has a rule ON UPDATE, which prevents UPDATE … RETURNING in a function: "
            f"{drop} (use a trigger instead)"
        )
    if not table.has_key:
        report.refuse(
            f"{name}.id is not a primary key: ALTER TABLE public.{name} ADD PRIMARY KEY (id)"
        )
    for column, target in LEADS_TO.get(name, {}).items():
        if f"{column} → {target}" not in table.leads:
            report.warn(
                f"{name}.{column} has no foreign key to {target}, so rows without a match are not "
                f"shown: ALTER TABLE public.{name} ADD FOREIGN KEY ({column}) "
                f"REFERENCES public.{target} (id)"
            )


def check_login(report: Report, table: Table, server: Server) -> None:
    name = table.name
    if not table.is_ours:
        report.refuse(
            f"{name} belongs to {table.owner}, and only its owner may add an index or a trigger: "
            f"connect as {table.owner}, or GRANT {table.owner} TO {server.login}"
        )
    if not table.is_found_by_name:
        report.refuse(
            f"another {name} comes before public.{name} in the search_path of {server.login}: "
            f"ALTER ROLE {server.login} IN DATABASE {server.database} SET search_path = public"
        )
    if table.forces_row_security and not server.sees_every_row:
        report.refuse(
            f"{name} forces row level security on its owner, who would not see every row: connect "
            f"as a role with BYPASSRLS, or ALTER TABLE public.{name} NO FORCE ROW LEVEL SECURITY"
        )
