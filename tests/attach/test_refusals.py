"""Attaching is refused, with the whole list and what to change, and nothing is done."""

import psycopg
import pytest

from studio.database.attach.report import Report
from studio.database.attach.target import Server, Table, check_server, check_table
from tests.attach.foreign_database import ForeignDatabase

# What is otherwise in the database, and how each refusal begins.
OTHER_COLUMNS = {
    "ALTER TABLE clients DROP COLUMN phone": "clients.phone is missing: ALTER TABLE",
    "ALTER TABLE clients ALTER COLUMN status DROP DEFAULT,"
    " ALTER COLUMN status TYPE loyalty_tier USING 'gold'": (
        "clients.status is public.loyalty_tier and has to be text: ALTER TABLE"
    ),
    "ALTER TABLE clients ALTER COLUMN email TYPE varchar(255)": (
        "clients.email is character varying(255) and has to be text: ALTER TABLE"
    ),
    "CREATE DOMAIN title AS text CHECK (value <> ''); ALTER TABLE offers ALTER COLUMN name TYPE"
    " title": "offers.name is public.title and has to be text: ALTER TABLE",
    "ALTER TABLE offers ALTER COLUMN price_cents TYPE bigint": (
        "offers.price_cents is bigint and has to be integer: ALTER TABLE"
    ),
    "ALTER TABLE clients ALTER COLUMN full_name DROP NOT NULL": (
        "clients.full_name may be null: ALTER TABLE"
    ),
    "ALTER TABLE client_purchases DROP COLUMN sessions_remaining CASCADE, ADD COLUMN"
    " sessions_remaining int": "client_purchases.sessions_remaining is an ordinary column and has",
    "ALTER TABLE client_purchases DROP COLUMN payment_method, ADD COLUMN payment_method text"
    " GENERATED ALWAYS AS (currency) STORED": "client_purchases.payment_method is generated",
    "ALTER TABLE orgs DROP COLUMN slug, ADD COLUMN slug text": "orgs.slug may be null: ALTER",
    "ALTER TABLE client_purchases DROP CONSTRAINT client_purchases_pkey CASCADE": (
        "client_purchases.id is not a primary key: ALTER TABLE"
    ),
}
TAKEN = {
    "CREATE TABLE session_events (id int)": "the name session_events is taken by a table: rename",
    "CREATE INDEX purchases_by_expiry ON clients (id)": (
        "the name purchases_by_expiry is taken by an index: rename"
    ),
    "CREATE FUNCTION made_by() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'": (
        "the function made_by() is there, and not ours: rename it"
    ),
    "CREATE TRIGGER keep_search_terms BEFORE UPDATE ON clients FOR EACH ROW"
    " EXECUTE FUNCTION touch()": (
        "the trigger keep_search_terms on clients is there, and not ours: rename it"
    ),
    "ALTER TABLE client_purchases"
    " ADD CONSTRAINT sessions_used_is_between_0_and_total CHECK (true)": (
        "the constraint sessions_used_is_between_0_and_total on client_purchases is there"
    ),
    "CREATE VIEW released AS SELECT release_session(id) FROM client_purchases": (
        "release_session(uuid) can't be replaced while rule _RETURN on view released depends on it"
    ),
    "DROP FUNCTION use_session(uuid); CREATE PROCEDURE use_session(uuid) LANGUAGE sql AS ''": (
        "use_session(uuid) is no function but a procedure"
    ),
}


def unforeseen(refusals: list[str], begins: list[str]) -> list[str]:
    return [each for each in refusals if not any(each.startswith(begin) for begin in begins)]


@pytest.mark.parametrize("others", [OTHER_COLUMNS, TAKEN], ids=["other columns", "names taken"])
def test_the_whole_list_is_given_and_nothing_is_done(
    foreign: ForeignDatabase, others: dict[str, str]
) -> None:
    for statement in others:
        foreign.rows(statement)
    before = foreign.catalog()

    refusals = foreign.refusals()
    missing = [
        begin for begin in others.values() if not any(each.startswith(begin) for each in refusals)
    ]
    assert missing == []
    assert unforeseen(refusals, list(others.values())) == []
    assert foreign.catalog() == before


def test_the_statements_that_are_printed_make_it_attachable(foreign: ForeignDatabase) -> None:
    foreign.rows("DROP VIEW balances")
    for statement in OTHER_COLUMNS:
        foreign.rows(statement)
    foreign.rows("UPDATE orgs SET slug = id::text")

    for refusal in foreign.refusals():
        for statement in refusal.partition(": ")[2].partition(" (which names")[0].split("; "):
            foreign.rows(statement)
    assert "What attach will do:" in foreign.attach("--dry-run")


def test_rows_in_tables_of_their_own_are_no_rows_that_the_ledger_could_follow(
    foreign: ForeignDatabase,
) -> None:
    """TRUNCATE of a partition, or an INSERT into a table that inherits, runs none of our
    triggers."""
    foreign.rows("CREATE TABLE former_clients () INHERITS (clients)")
    foreign.rows("CREATE TABLE parts (LIKE offers INCLUDING DEFAULTS) PARTITION BY RANGE (id)")
    foreign.rows("ALTER TABLE parts ADD PRIMARY KEY (id)")
    foreign.rows("DROP TABLE offers CASCADE")
    foreign.rows("ALTER TABLE parts RENAME TO offers")
    foreign.rows("CREATE TABLE some_offers PARTITION OF offers DEFAULT")

    assert [each.partition(", which")[0] for each in foreign.refusals()] == [
        "clients has partitions or child tables (former_clients)",
        "offers has partitions or child tables (some_offers)",
    ]


def test_a_rule_that_keeps_the_functions_from_their_update_is_named(
    foreign: ForeignDatabase,
) -> None:
    foreign.rows("CREATE RULE tell AS ON UPDATE TO client_purchases DO ALSO NOTIFY purchases")

    (refusal,) = foreign.refusals()

    assert refusal.startswith("client_purchases has a rule ON UPDATE")
    assert "DROP RULE tell ON public.client_purchases" in refusal


def test_a_table_that_is_missing_is_named(foreign: ForeignDatabase) -> None:
    foreign.rows("DROP TABLE offers CASCADE")
    assert foreign.refusals() == ["the table offers is missing"]


def test_the_history_of_another_django_project_is_no_place_for_ours(
    foreign: ForeignDatabase,
) -> None:
    foreign.rows(
        "CREATE TABLE django_migrations (id int, app text, name text, applied timestamptz)"
    )
    foreign.rows("INSERT INTO django_migrations VALUES (1, 'admin', '0001_initial', now())")
    refusals = foreign.refusals()
    assert refusals
    assert unforeseen(refusals, ["django_migrations has admin.0001_initial without"]) == []


def test_an_empty_database_needs_no_attaching(foreign: ForeignDatabase) -> None:
    foreign.rows("DROP TABLE orgs, clients, offers, client_purchases CASCADE")
    assert foreign.refusals()[-1] == (
        "an empty database needs no attaching: python manage.py migrate"
    )


def test_a_login_that_owns_nothing_is_told_what_it_lacks(foreign: ForeignDatabase) -> None:
    foreign.rows(f"CREATE ROLE {foreign.name} LOGIN")
    try:
        done = foreign.manage("attach", DATABASE_URL=foreign.as_role(foreign.name))
    finally:
        foreign.rows(f"DROP ROLE {foreign.name}")
    assert done.returncode == 1
    assert f"GRANT CREATE ON SCHEMA public TO {foreign.name}" in done.stderr


def test_a_database_in_another_encoding_is_refused(foreign: ForeignDatabase) -> None:
    name = f"{foreign.name}_latin"
    foreign.rows(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        done = foreign.manage("attach", DATABASE_URL=foreign.in_database(name))
    finally:
        foreign.rows(f"DROP DATABASE {name} WITH (FORCE)")
    assert done.returncode == 1
    assert "the database is in LATIN1; Studio needs UTF8" in done.stderr


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
    ("otherwise", "refusal"),
    [
        ({"version": 140012}, "this is PostgreSQL 14; Studio needs 15 or later"),
        ({"schema": "app"}, "what owner makes lands in app and not in public"),
        ({"may_create_temporary": False}, "owner may not create temporary tables"),
    ],
)
def test_a_server_or_login_that_will_not_do_is_refused(
    otherwise: dict[str, object], refusal: str
) -> None:
    sound, report = Report(), Report()
    check_server(sound, Server(**SERVER))  # type: ignore[arg-type]
    check_server(report, Server(**SERVER | otherwise))  # type: ignore[arg-type]
    assert sound == Report()
    assert [each.startswith(refusal) for each in report.refusals] == [True]


def test_an_owner_who_would_not_see_every_row_is_refused() -> None:
    table = Table("orgs", "r", "owner", True, True, True, True, True, [], 1, [], [], [], [])
    report = Report()
    check_table(report, table, Server(**SERVER))  # type: ignore[arg-type]
    assert "orgs forces row level security on its owner" in report.refusals[0]
    check_table(report, table, Server(**SERVER | {"sees_every_row": True}))  # type: ignore[arg-type]
    assert len(report.refusals) == 1


def test_a_table_that_another_program_holds_is_waited_for_in_vain(foreign: ForeignDatabase) -> None:
    """What was done stays done; the next attach goes on."""
    with psycopg.connect(foreign.url) as other:
        other.execute("LOCK TABLE client_purchases IN ROW EXCLUSIVE MODE")
        done = foreign.manage("attach")
    assert done.returncode == 1
    assert "Another program held a lock" in done.stderr
    assert "Attached." in foreign.attach()
