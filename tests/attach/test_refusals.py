"""`attach` refuses an unsuitable database, lists every required change and changes nothing."""

import psycopg
import pytest

from studio.database.attach.report import Report
from studio.database.attach.target import Server, Table, check_login, check_server
from tests.attach.foreign_database import ForeignDatabase

# The difference in the database: the beginning of its refusal.
OTHER_COLUMNS = {
    "ALTER TABLE clients DROP COLUMN phone": "clients.phone is missing: ALTER TABLE",
    "ALTER TABLE clients ALTER COLUMN status DROP DEFAULT,"
    " ALTER COLUMN status TYPE loyalty_tier USING 'gold'": (
        "clients.status is public.loyalty_tier and must be text: ALTER TABLE"
    ),
    "ALTER TABLE clients ALTER COLUMN email TYPE varchar(255)": (
        "clients.email is character varying(255) and must be text: ALTER TABLE"
    ),
    "CREATE DOMAIN title AS text CHECK (value <> ''); ALTER TABLE offers ALTER COLUMN name TYPE"
    " title": "offers.name is public.title and must be text: ALTER TABLE",
    "ALTER TABLE offers ALTER COLUMN price_cents TYPE bigint": (
        "offers.price_cents is bigint and must be integer: ALTER TABLE"
    ),
    "ALTER TABLE clients ALTER COLUMN full_name DROP NOT NULL": (
        "clients.full_name may be null: ALTER TABLE"
    ),
    "ALTER TABLE client_purchases DROP COLUMN sessions_remaining CASCADE, ADD COLUMN"
    " sessions_remaining int": "client_purchases.sessions_remaining is an ordinary column and must",
    "ALTER TABLE client_purchases DROP COLUMN payment_method, ADD COLUMN payment_method text"
    " GENERATED ALWAYS AS (currency) STORED": "client_purchases.payment_method is generated",
    "ALTER TABLE orgs DROP COLUMN slug, ADD COLUMN slug text": "orgs.slug may be null: ALTER",
    "ALTER TABLE client_purchases DROP CONSTRAINT client_purchases_pkey CASCADE": (
        "client_purchases.id is not a primary key: ALTER TABLE"
    ),
}
TAKEN = {
    "CREATE TABLE session_events (id int)": "the name session_events is used by a table: rename",
    "CREATE INDEX purchases_by_expiry ON clients (id)": (
        "the name purchases_by_expiry is used by an index: rename"
    ),
    "CREATE FUNCTION current_db_role() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'": (
        "the function current_db_role() exists and is not ours: rename it"
    ),
    "CREATE TRIGGER refresh_search_terms BEFORE UPDATE ON clients FOR EACH ROW"
    " EXECUTE FUNCTION touch()": (
        "the trigger refresh_search_terms on clients exists and is not ours: rename it"
    ),
    "ALTER TABLE client_purchases"
    " ADD CONSTRAINT sessions_used_is_between_0_and_total CHECK (true)": (
        "the constraint sessions_used_is_between_0_and_total on client_purchases exists"
    ),
    "CREATE VIEW released AS SELECT release_session(id) FROM client_purchases": (
        "release_session(uuid) can't be replaced while rule _RETURN on view released depends on it"
    ),
    "CREATE FUNCTION use_session(uuid, int DEFAULT 1) RETURNS bool LANGUAGE sql AS 'SELECT true'": (
        "use_session(uuid, integer) is not ours and fits the calls of use_session(uuid), so"
        " PostgreSQL can't tell which one is meant: DROP ROUTINE public.use_session(uuid, integer)"
    ),
    "DROP FUNCTION use_session(uuid); CREATE PROCEDURE use_session(uuid) LANGUAGE sql AS ''": (
        "use_session(uuid) is a procedure"
    ),
}


def unforeseen(refusals: list[str], beginnings: list[str]) -> list[str]:
    return [
        refusal
        for refusal in refusals
        if not any(refusal.startswith(beginning) for beginning in beginnings)
    ]


@pytest.mark.parametrize(
    "differences", [OTHER_COLUMNS, TAKEN], ids=["other columns", "names taken"]
)
def test_all_refusals_are_listed_and_nothing_is_changed(
    foreign: ForeignDatabase, differences: dict[str, str]
) -> None:
    for statement in differences:
        foreign.rows(statement)
    before = foreign.catalog()

    refusals = foreign.refusals()
    missing = [
        beginning
        for beginning in differences.values()
        if not any(refusal.startswith(beginning) for refusal in refusals)
    ]
    assert missing == []
    assert unforeseen(refusals, list(differences.values())) == []
    assert foreign.catalog() == before


def test_printed_statements_make_the_database_attachable(foreign: ForeignDatabase) -> None:
    foreign.rows("DROP VIEW balances")
    for statement in OTHER_COLUMNS:
        foreign.rows(statement)
    foreign.rows("UPDATE orgs SET slug = id::text")

    for refusal in foreign.refusals():
        for statement in refusal.partition(": ")[2].partition(" (PostgreSQL")[0].split("; "):
            foreign.rows(statement)
    assert "What attach will do:" in foreign.attach("--dry-run")


def test_inheritance_and_partitions_are_refused(
    foreign: ForeignDatabase,
) -> None:
    """TRUNCATE of a partition and INSERT into an inheriting table do not fire our triggers."""
    foreign.rows("CREATE TABLE former_clients () INHERITS (clients)")
    foreign.rows("CREATE TABLE parts (LIKE offers INCLUDING DEFAULTS) PARTITION BY RANGE (id)")
    foreign.rows("ALTER TABLE parts ADD PRIMARY KEY (id)")
    foreign.rows("DROP TABLE offers CASCADE")
    foreign.rows("ALTER TABLE parts RENAME TO offers")
    foreign.rows("CREATE TABLE some_offers PARTITION OF offers DEFAULT")

    assert [refusal.partition(", whose")[0] for refusal in foreign.refusals()] == [
        "clients has partitions or child tables (former_clients)",
        "offers has partitions or child tables (some_offers)",
    ]


def test_rule_on_update_is_refused(
    foreign: ForeignDatabase,
) -> None:
    foreign.rows("CREATE RULE tell AS ON UPDATE TO client_purchases DO ALSO NOTIFY purchases")

    (refusal,) = foreign.refusals()

    assert refusal.startswith("client_purchases has a rule ON UPDATE")
    assert "DROP RULE tell ON public.client_purchases" in refusal


def test_missing_table_is_refused(foreign: ForeignDatabase) -> None:
    foreign.rows("DROP TABLE offers CASCADE")
    assert foreign.refusals() == ["the table offers is missing"]


def test_migrations_of_another_django_project_are_refused(
    foreign: ForeignDatabase,
) -> None:
    foreign.rows(
        "CREATE TABLE django_migrations (id int, app text, name text, applied timestamptz)"
    )
    foreign.rows("INSERT INTO django_migrations VALUES (1, 'admin', '0001_initial', now())")
    refusals = foreign.refusals()
    assert refusals
    assert unforeseen(refusals, ["django_migrations has admin.0001_initial without"]) == []


def test_empty_database_is_refused(foreign: ForeignDatabase) -> None:
    foreign.rows("DROP TABLE orgs, clients, offers, client_purchases CASCADE")
    assert foreign.refusals()[-1] == (
        "an empty database needs no attaching: python manage.py migrate"
    )


def test_login_without_privileges_is_refused_with_the_missing_grants(
    foreign: ForeignDatabase,
) -> None:
    foreign.rows(f"CREATE ROLE {foreign.name} LOGIN")
    try:
        result = foreign.manage("attach", DATABASE_URL=foreign.as_role(foreign.name))
    finally:
        foreign.rows(f"DROP ROLE {foreign.name}")
    assert result.returncode == 1
    assert f"GRANT CREATE ON SCHEMA public TO {foreign.name}" in result.stderr


def test_other_encodings_are_refused(foreign: ForeignDatabase) -> None:
    name = f"{foreign.name}_latin"
    foreign.rows(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        result = foreign.manage("attach", DATABASE_URL=foreign.in_database(name))
    finally:
        foreign.rows(f"DROP DATABASE {name} WITH (FORCE)")
    assert result.returncode == 1
    assert "the database is in LATIN1; Studio needs UTF8" in result.stderr


SERVER = {
    "version": 150000,
    "encoding": "UTF8",
    "database": "live",
    "login": "owner",
    "schema": "public",
    "may_create": True,
    "may_create_temporary": True,
    "folds_accented_letters": True,
    "sees_every_row": False,
}


@pytest.mark.parametrize(
    ("difference", "refusal"),
    [
        ({"version": 140012}, "this is PostgreSQL 14; Studio needs 15 or later"),
        ({"schema": "app"}, "objects that owner creates go to app, not to public"),
        ({"may_create_temporary": False}, "owner may not create temporary tables"),
    ],
)
def test_unsuitable_server_or_login_is_refused(difference: dict[str, object], refusal: str) -> None:
    suitable, report = Report(), Report()
    check_server(suitable, Server(**SERVER))  # type: ignore[arg-type]
    check_server(report, Server(**SERVER | difference))  # type: ignore[arg-type]
    assert suitable == Report()
    assert [line.startswith(refusal) for line in report.refusals] == [True]


def test_owner_under_forced_row_level_security_is_refused() -> None:
    table = Table("orgs", "r", "owner", True, True, True, True, True, [], 1, [], [], [], [])
    report = Report()
    check_login(report, table, Server(**SERVER))  # type: ignore[arg-type]
    assert "orgs forces row level security on its owner" in report.refusals[0]
    check_login(report, table, Server(**SERVER | {"sees_every_row": True}))  # type: ignore[arg-type]
    assert len(report.refusals) == 1


def test_attach_fails_on_a_locked_table_and_can_be_repeated(foreign: ForeignDatabase) -> None:
    """Completed steps stay. The next `attach` continues."""
    with psycopg.connect(foreign.url) as other:
        other.execute("LOCK TABLE client_purchases IN ROW EXCLUSIVE MODE")
        result = foreign.manage("attach")
    assert result.returncode == 1
    assert "Another program held a lock" in result.stderr
    assert "Attached." in foreign.attach()
