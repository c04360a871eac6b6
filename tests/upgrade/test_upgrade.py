"""A database of the migrations before version 0.1.0 is carried over by `migrate`, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from purchases.session_keys import stored_key
from tests.attach.foreign_database import ForeignDatabase, drop

DUMP = Path(__file__).parent / "before_0_1_0.sql"
LAST = "purchases.0028_initials_of_older_clients"
PURCHASE = "00000000-0000-4000-a000-00000000000{}"


def create(server: str, folder: Path, sql: bytes = b"") -> ForeignDatabase:
    name = f"upgrade_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    made = ForeignDatabase(name, make_conninfo(server, dbname=name), folder)
    if sql:
        with made.connect() as database:
            database.execute(sql)
    return made


def migrate(database: ForeignDatabase) -> None:
    done = database.manage("migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def old(server: str, product_roles: None, tmp_path: Path) -> Iterator[ForeignDatabase]:
    """A database with data, as the migrations before 0.1.0 made it."""
    made = create(server, tmp_path, DUMP.read_bytes())
    yield made
    drop(server, made)


@pytest.fixture
def new(server: str, tmp_path: Path) -> Iterator[ForeignDatabase]:
    """An empty database, as today's migrations make it."""
    made = create(server, tmp_path)
    migrate(made)
    yield made
    drop(server, made)


def test_its_schema_is_that_of_a_new_database(old: ForeignDatabase, new: ForeignDatabase) -> None:
    migrate(old)

    assert old.schema() == new.schema()


def test_its_rows_stay(old: ForeignDatabase) -> None:
    """Every row of every table, but for the names of its columns."""
    names = old.rows(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'r' AND relname !~ '^(django|auth)_' ORDER BY 1"
    )
    before = {name: old.rows(f"SELECT t::text FROM {name} AS t ORDER BY 1") for (name,) in names}

    migrate(old)
    # Later migrations add columns at the end, which are null in these rows.
    added = ["adjust_by", "to_client_id", "to_purchase_id", "offer_id", "refund_cents"]
    nulls = " AND ".join(f"{column} IS NULL" for column in added)
    assert old.value(f"SELECT bool_and({nulls}) FROM session_requests") is True
    old.rows(f"ALTER TABLE session_requests {', '.join(f'DROP COLUMN {c}' for c in added)}")
    # They allow staff to sell and to edit clients.
    chosen = ["country", "currency", "staff_may_sell", "staff_may_edit_clients"]
    old.rows(f"ALTER TABLE studio_policy {', '.join(f'DROP COLUMN {c}' for c in chosen)}")
    after = {name: old.rows(f"SELECT t::text FROM {name} AS t ORDER BY 1") for (name,) in names}
    # A session ends sooner, and a PIN has a table of its own: the tests below look at both.
    for moved in ("studio_session", "studio_membership"):
        assert len(after.pop(moved)) == len(before.pop(moved))
    assert after == before
    assert all(before[name] for name in ("session_events", "expiry_events", "session_requests"))


def test_a_session_and_a_pin_stay(old: ForeignDatabase) -> None:
    sessions = "SELECT session_data, user_id FROM studio_session"
    keys = "SELECT session_key FROM studio_session"
    members = "SELECT id, role, org_id, user_id FROM studio_membership ORDER BY id"
    before = old.rows(sessions), old.rows(members)
    ((cookie,),) = old.rows(keys)
    pins = old.rows("SELECT id, code, code_digits FROM studio_membership WHERE code <> ''")
    assert pins, "a member of the old database has a PIN"

    migrate(old)

    assert (old.rows(sessions), old.rows(members)) == before
    assert old.rows(keys) == [(stored_key(cookie),)], "the cookie finds its session"
    assert old.rows("SELECT membership_id, hash, digits FROM studio_pin") == pins
    twelve_hours = "now() + interval '12 hours'"
    assert old.value(f"SELECT bool_and(expire_date <= {twelve_hours}) FROM studio_session") is True


def test_it_is_sound_and_the_functions_go_on(old: ForeignDatabase) -> None:
    migrate(old)
    for command in (["setup_roles"], ["check", "--database", "default"], ["check_ledger"]):
        done = old.manage(*command)
        assert done.returncode == 0, done.stdout + done.stderr

    assert old.value("SELECT release_session(%s)", PURCHASE.format(2)) == 4
    newest = "SELECT kind, delta, sessions_used FROM session_events ORDER BY id DESC LIMIT 1"
    assert old.rows(newest) == [("reinstated", -1, 4)]


def test_the_second_time_there_is_nothing_to_do(old: ForeignDatabase) -> None:
    migrate(old)
    assert old.manage("setup_roles").returncode == 0
    once = old.schema()

    migrate(old)
    assert old.schema() == once


def test_an_older_database_is_refused_and_stays_as_it_was(old: ForeignDatabase) -> None:
    app, _, name = LAST.partition(".")
    old.rows("DELETE FROM django_migrations WHERE app = %s AND name = %s", app, name)
    before = old.schema()

    for command in (["migrate"], ["attach"], ["check", "--database", "default"]):
        done = old.manage(*command)
        assert done.returncode == 1, done.stdout
        assert "run `python manage.py migrate` at commit 2a8bc24 first" in done.stderr
    assert old.schema() == before


def test_attach_and_check_name_the_command_that_carries_it_over(old: ForeignDatabase) -> None:
    before = old.schema()

    for command in (["attach"], ["check", "--database", "default"]):
        done = old.manage(*command)
        assert done.returncode == 1, done.stdout
        assert "before version 0.1.0: python manage.py migrate" in done.stderr
    assert old.schema() == before


def test_a_migration_that_another_program_blocks_changes_nothing(old: ForeignDatabase) -> None:
    before = old.schema()
    with psycopg.connect(old.url) as program:
        program.execute("LOCK TABLE session_events IN ROW EXCLUSIVE MODE")
        done = old.manage("migrate")

    assert done.returncode == 1
    assert "lock timeout" in done.stderr
    assert old.schema() == before
