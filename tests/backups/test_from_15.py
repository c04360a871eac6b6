"""A database moves from PostgreSQL 15 to 18 with its ledgers and seals: by a backup, by a dump that
is loaded with triggers held off, and by logical replication of all tables."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from psycopg.conninfo import make_conninfo

from tests.attach.foreign_database import ForeignDatabase
from tests.backups.moves import facts
from tests.backups.servers import MORE, dump_of_fifteen, fifteen, psql
from tests.database import PATIENCE, rows, value
from tests.outages.replicas import BINARIES

AFTER_REPLICATION = settings.BASE_DIR / "docs" / "deployment" / "after-replication.sql"
HELD_OFF = "--command=SET session_replication_role = replica"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BINARIES.exists(), reason="PostgreSQL 15 is missing"),
]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForeignDatabase]:
    with fifteen(tmp_path_factory.mktemp("fifteen")) as database:
        yield database


@pytest.fixture
def target(empty: dict[str, str], blank: str) -> str:
    """The connection of an empty database on the newer server, which Django uses."""
    return make_conninfo(**empty | {"dbname": blank})


@pytest.fixture
def with_schema(old: ForeignDatabase, target: str, tmp_path: Path) -> str:
    schema = dump_of_fifteen(old, tmp_path / "schema.sql", "--schema-only")
    loaded = psql(target, f"--file={schema}")
    assert loaded.returncode == 0, loaded.stderr
    return target


def check() -> None:
    """Run every check. The roles are of the newer server."""
    for command in ("setup_roles", "check_ledger"):
        call_command(command, stdout=StringIO(), stderr=StringIO())
    call_command("check_ledger", seals=True, stdout=StringIO())
    call_command("check", databases=["default"], stdout=StringIO(), stderr=StringIO())


def test_by_a_backup(old: ForeignDatabase, target: str, tmp_path: Path) -> None:
    file = tmp_path / "old.dump"
    done = old.manage("backup", str(file))
    assert done.returncode == 0, done.stderr

    call_command("restore", str(file), stdout=StringIO(), stderr=StringIO())

    assert facts(target) == facts(old.url)


def test_by_a_load_with_triggers_held_off(
    old: ForeignDatabase, with_schema: str, tmp_path: Path
) -> None:
    """Each table is a transaction of its own, so no trigger sees which rows come later."""
    data = dump_of_fifteen(old, tmp_path / "data.sql", "--data-only")

    loaded = psql(with_schema, HELD_OFF, f"--file={data}")

    assert loaded.returncode == 0, loaded.stderr
    assert facts(with_schema) == facts(old.url)
    check()


def test_a_load_with_triggers_on_is_refused(
    old: ForeignDatabase, with_schema: str, tmp_path: Path
) -> None:
    """Negative control: the triggers write events, whose ids the loaded ones have too."""
    data = dump_of_fifteen(old, tmp_path / "data.sql", "--data-only")

    loaded = psql(with_schema, "--single-transaction", f"--file={data}")

    assert "duplicate key value" in loaded.stderr or "violates" in loaded.stderr
    assert all(number == 0 for number, _ in facts(with_schema).values())


@pytest.mark.breaks_the_ledger
def test_purchases_without_their_ledger_are_named(
    old: ForeignDatabase, with_schema: str, tmp_path: Path
) -> None:
    tables = [f"--table={name}" for name in ("orgs", "clients", "offers", "client_purchases")]
    data = dump_of_fifteen(old, tmp_path / "data.sql", "--data-only", *tables)
    assert psql(with_schema, HELD_OFF, f"--file={data}").returncode == 0

    out = StringIO()
    with pytest.raises(CommandError, match="violations found"):
        call_command("check_ledger", stdout=out, stderr=StringIO())
    assert out.getvalue().count("none of which opened it") == value(
        "SELECT count(*) FROM client_purchases"
    )


def test_by_logical_replication_of_all_tables(old: ForeignDatabase, with_schema: str) -> None:
    old.rows("CREATE PUBLICATION moved FOR ALL TABLES")
    with psycopg.connect(with_schema, autocommit=True) as new:
        new.execute(f"CREATE SUBSCRIPTION moved CONNECTION '{old.url}' PUBLICATION moved".encode())
        try:
            wait_for(old, with_schema)
            old.rows(MORE)
            old.rows("SELECT erase_client(id) FROM clients ORDER BY id LIMIT 1")
            wait_for(old, with_schema)
            errors = "SELECT apply_error_count + sync_error_count FROM pg_stat_subscription_stats"
            assert new.execute(errors).fetchone() == (0,)
        finally:
            new.execute("DROP SUBSCRIPTION moved")
            old.rows("DROP PUBLICATION moved")
    rows(AFTER_REPLICATION.read_text())
    check()
    newest = value("SELECT max(id) FROM session_events")
    assert value("SELECT use_session(id) FROM client_purchases LIMIT 1") is True
    assert value("SELECT max(id) FROM session_events") > newest


def test_by_logical_replication_of_the_purchases_alone(
    old: ForeignDatabase, with_schema: str
) -> None:
    """The ledger does not come along, so the triggers write it."""
    old.rows("CREATE PUBLICATION four FOR TABLE orgs, clients, offers, client_purchases")
    with psycopg.connect(with_schema, autocommit=True) as new:
        new.execute(f"CREATE SUBSCRIPTION four CONNECTION '{old.url}' PUBLICATION four".encode())
        try:
            until = monotonic() + PATIENCE
            count = old.value("SELECT count(*) FROM client_purchases")
            while value("SELECT count(*) FROM client_purchases") < count:
                assert monotonic() < until
                sleep(0.1)
        finally:
            new.execute("DROP SUBSCRIPTION four")
            old.rows("DROP PUBLICATION four")
    call_command("check_ledger", stdout=StringIO(), stderr=StringIO())
    assert value("SELECT count(*) FROM session_events WHERE kind = 'opened'") == count


def wait_for(old: ForeignDatabase, target: str) -> None:
    """Wait until every table has the same rows on both sides."""
    until = monotonic() + PATIENCE
    while (there := facts(target)) != (here := facts(old.url)):
        assert monotonic() < until, {name for name in here if here[name] != there.get(name)}
        sleep(0.2)
