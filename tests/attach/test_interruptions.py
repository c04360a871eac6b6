"""Killed anywhere and run again, attaching ends in the same schema."""

import random

import pytest

from tests.attach.foreign_database import ForeignDatabase

SEED = 20261122
# In the order in which they run. Left to itself, Django commits the first two, and the last, a
# moment before it records them.
RECORDED = [
    "auth.0001_initial",
    "studio.0001_initial",
    "purchases.0002_release_session",
    "purchases.0010_sessions_used_is_between_0_and_total",
    "studio.0006_sessions_know_their_people",
]
MOMENTS = [
    "What attach will do",
    "contenttypes.0001_initial",
    "studio.0001_initial",
    "purchases.0004_client_search_terms",
    "purchases.0008_record_session_event",
    "purchases.0011_open_older_purchases",
    "purchases.0012_find_older_clients",
    "purchases.0028_initials_of_older_clients",
    "studio.0006_sessions_know_their_people",
]

# Ends the session at every so many statements that make something.
STOP_AT_SOME_STATEMENTS = """
CREATE SEQUENCE auth.statements;
CREATE FUNCTION auth.stop() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('auth.statements') IN (1, 4, 9, 30, 61, 90, 120, 150, 175, 210) THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
    END IF;
END
$$;
CREATE EVENT TRIGGER stop ON ddl_command_end EXECUTE FUNCTION auth.stop();
"""
GO_ON = "DROP EVENT TRIGGER stop; DROP FUNCTION auth.stop; DROP SEQUENCE auth.statements"

# Ends the session when one migration is about to be recorded.
STOP_AT_A_RECORD = """
CREATE OR REPLACE FUNCTION auth.stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
CREATE OR REPLACE TRIGGER stop BEFORE INSERT ON django_migrations
FOR EACH ROW WHEN (NEW.app || '.' || NEW.name = '{migration}') EXECUTE FUNCTION auth.stop();
"""
RECORD = "DROP TRIGGER stop ON django_migrations; DROP FUNCTION auth.stop"


def test_killed_at_random_moments(
    foreign: ForeignDatabase, attached_foreign: ForeignDatabase
) -> None:
    before = foreign.fingerprint()
    chance = random.Random(SEED)
    for moment in MOMENTS:
        foreign.attach_and_kill_at(moment, after=chance.uniform(0, 0.03), may_be_past=True)

    foreign.attach()
    assert foreign.schema() == attached_foreign.schema(), f"seed {SEED}"
    assert foreign.fingerprint() == before


def test_killed_inside_a_statement(
    foreign: ForeignDatabase, attached_foreign: ForeignDatabase
) -> None:
    before = foreign.fingerprint()
    foreign.rows(STOP_AT_SOME_STATEMENTS)
    killed = 0
    while (done := foreign.manage("attach")).returncode:
        assert "terminating connection" in done.stderr, done.stderr
        killed += 1
    foreign.rows(GO_ON)

    assert killed >= 8
    assert foreign.schema() == attached_foreign.schema()
    assert foreign.fingerprint() == before


@pytest.mark.parametrize("command", ["attach", "migrate"])
def test_killed_between_a_migration_and_its_record(
    foreign: ForeignDatabase, attached_foreign: ForeignDatabase, command: str
) -> None:
    """`migrate` is the negative control: it can't go on from there."""
    assert foreign.manage("migrate", "contenttypes").returncode == 0
    for migration in RECORDED:
        foreign.rows(STOP_AT_A_RECORD.replace("{migration}", migration))
        done = foreign.manage(command)
        if command == "migrate":
            foreign.rows(RECORD)
            assert "already exists" in foreign.manage("migrate").stderr
            return
        assert "terminating connection" in done.stderr, done.stderr
    foreign.rows(RECORD)

    foreign.attach()
    assert foreign.schema() == attached_foreign.schema()


def test_two_at_once(foreign: ForeignDatabase, attached_foreign: ForeignDatabase) -> None:
    """One of them attaches, the other waits for it, or gives up without having done anything."""
    with foreign.begin("attach") as first, foreign.begin("attach") as second:
        said = [process.communicate(timeout=120)[0] for process in (first, second)]
    codes = sorted([first.returncode, second.returncode])
    assert codes in ([0, 0], [0, 1]), said
    assert codes == [0, 0] or any("Another program held a lock" in each for each in said)
    assert foreign.schema() == attached_foreign.schema()
