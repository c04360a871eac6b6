"""`attach` killed at any point and run again ends in the same schema."""

import random

import pytest

from studio.database.attach.apply import ATTACH_LOCK
from tests.attach.foreign_database import ForeignDatabase
from tests.database import PATIENCE, wait_until
from tests.thorough import times

SEED = 20261122
# A run that is not thorough stops at every second place.
EVERY = times(2, thorough=1)
# Migrations in the order in which they run. Without `attach`, Django commits the first two and the
# last before it records them.
RECORDED = [
    "auth.0001_initial",
    "studio.0001_accounts",
    "purchases.0007_release_session",
    "purchases.0010_sessions_used_is_between_0_and_total",
    "purchases.0016_index_older_clients",
    "purchases.0026_overview_indexes",
]
STEPS = [
    "What attach will do",
    "contenttypes.0001_initial",
    "studio.0001_accounts",
    "purchases.0003_client_search_terms",
    "purchases.0006_record_session_event",
    "purchases.0011_expiry_events",
    "purchases.0014_cancelled_classes",
    "purchases.0015_open_older_purchases",
    "purchases.0016_index_older_clients",
    "purchases.0026_overview_indexes",
    "purchases.0034_changes_have_events",
]

# The numbers of DDL statements at which the session is terminated.
STATEMENTS = [1, 4, 9, 30, 61, 90, 120, 150, 175, 210]
STOP_AT_SOME_STATEMENTS = """
CREATE SEQUENCE auth.statements;
CREATE FUNCTION auth.stop() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('auth.statements') = ANY ('{statements}') THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
    END IF;
END
$$;
CREATE EVENT TRIGGER stop ON ddl_command_end EXECUTE FUNCTION auth.stop();
"""
REMOVE_STOP_AT_SOME_STATEMENTS = (
    "DROP EVENT TRIGGER stop; DROP FUNCTION auth.stop; DROP SEQUENCE auth.statements"
)

# Terminate the session before one migration is recorded.
STOP_AT_A_RECORD = """
CREATE OR REPLACE FUNCTION auth.stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
CREATE OR REPLACE TRIGGER stop BEFORE INSERT ON django_migrations
FOR EACH ROW WHEN (NEW.app || '.' || NEW.name = '{migration}') EXECUTE FUNCTION auth.stop();
"""
REMOVE_STOP_AT_A_RECORD = "DROP TRIGGER stop ON django_migrations; DROP FUNCTION auth.stop"


def test_attach_killed_at_random_times(
    foreign: ForeignDatabase, attached_foreign: ForeignDatabase
) -> None:
    before = foreign.fingerprint()
    rng = random.Random(SEED)
    for step in STEPS[::EVERY]:
        foreign.attach_and_kill_at(step, after=rng.uniform(0, 0.03), may_be_past=True)

    foreign.attach()
    assert foreign.schema() == attached_foreign.schema(), f"seed {SEED}"
    assert foreign.fingerprint() == before


def test_attach_killed_inside_a_statement(
    foreign: ForeignDatabase, attached_foreign: ForeignDatabase
) -> None:
    before = foreign.fingerprint()
    statements = STATEMENTS[::EVERY]
    foreign.rows(STOP_AT_SOME_STATEMENTS.replace("{statements}", f"{{{str(statements)[1:-1]}}}"))
    killed = 0
    while (result := foreign.manage("attach")).returncode:
        assert "terminating connection" in result.stderr, result.stderr
        killed += 1
    foreign.rows(REMOVE_STOP_AT_SOME_STATEMENTS)

    # The statements of a migration that was rolled back are counted again.
    assert killed >= len(statements) - 2
    assert foreign.schema() == attached_foreign.schema()
    assert foreign.fingerprint() == before


@pytest.mark.parametrize("command", ["attach", "migrate"])
def test_attach_killed_between_a_migration_and_its_record(
    foreign: ForeignDatabase, attached_foreign: ForeignDatabase, command: str
) -> None:
    """`migrate` is the negative control: it cannot continue from there."""
    assert foreign.manage("migrate", "contenttypes").returncode == 0
    for migration in RECORDED[::EVERY]:
        foreign.rows(STOP_AT_A_RECORD.replace("{migration}", migration))
        result = foreign.manage(command)
        if command == "migrate":
            foreign.rows(REMOVE_STOP_AT_A_RECORD)
            assert "already exists" in foreign.manage("migrate").stderr
            return
        assert "terminating connection" in result.stderr, result.stderr
    foreign.rows(REMOVE_STOP_AT_A_RECORD)

    foreign.attach()
    assert foreign.schema() == attached_foreign.schema()


def test_two_concurrent_attaches(
    foreign: ForeignDatabase, attached_foreign: ForeignDatabase
) -> None:
    """One attaches. The other waits for it, or fails without having changed anything."""
    with foreign.begin("attach") as first, foreign.begin("attach") as second:
        outputs = [process.communicate(timeout=120)[0] for process in (first, second)]
    codes = sorted([first.returncode, second.returncode])
    assert codes in ([0, 0], [0, 1]), outputs
    blocked = "Another program held a lock"
    assert codes == [0, 0] or any(blocked in output for output in outputs)
    assert foreign.schema() == attached_foreign.schema()


WAITS_FOR_LOCK = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%%advisory_lock%%'
            AND pid NOT IN (pg_backend_pid(), %s)
    )
"""


def test_an_attach_that_waits_blocks_no_index_of_the_other(foreign: ForeignDatabase) -> None:
    """CREATE INDEX CONCURRENTLY waits for every statement that began before it."""
    with foreign.connect() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [ATTACH_LOCK])
        with foreign.begin("attach") as process:
            wait_until(lambda: foreign.value(WAITS_FOR_LOCK, other.info.backend_pid))
            other.execute("CREATE INDEX CONCURRENTLY ON client_purchases (amount_paid_cents)")
            output = process.communicate(timeout=PATIENCE)[0]
    assert "another attach is running on this database" in output


WAITS_FOR_ANALYZE = """
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE relation = 'client_purchases'::regclass AND NOT granted)
"""


def test_roles_are_set_up_while_autovacuum_analyzes(attached_foreign: ForeignDatabase) -> None:
    """ANALYZE waits for whoever has granted a right on its table, so the policies come first."""
    attached_foreign.rows('DROP POLICY "studio_ledger reads and writes" ON client_purchases')
    with attached_foreign.connect() as autovacuum, autovacuum.transaction():
        autovacuum.execute("ANALYZE client_purchases")
        setup = attached_foreign.begin("setup_roles")
        while not attached_foreign.value(WAITS_FOR_ANALYZE):
            assert setup.poll() is None, "it did not wait for ANALYZE"
        autovacuum.execute("ANALYZE client_purchases")
    output, _ = setup.communicate(timeout=120)
    assert setup.returncode == 0, output
    assert "Nothing to do" in attached_foreign.attach()
