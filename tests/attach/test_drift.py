"""`check --database default` names what somebody changed, and the command that it prints repairs
it. On a sound database it says nothing."""

import re

import pytest

from tests.attach.foreign_database import ForeignDatabase

# What somebody did, and what is said of it.
GONE = {
    "DROP FUNCTION public.release_session(uuid)": "the function release_session(uuid) is missing",
    "DROP TRIGGER record_session_event ON public.client_purchases": (
        "the trigger record_session_event of client_purchases is missing"
    ),
    "ALTER TABLE public.client_purchases DROP CONSTRAINT sessions_used_is_between_0_and_total": (
        "the constraint sessions_used_is_between_0_and_total of client_purchases is missing"
    ),
    "DROP TRIGGER record_changed_expiry_event ON public.client_purchases": (
        "the trigger record_changed_expiry_event of client_purchases is missing"
    ),
    "DROP FUNCTION public.undo_extension(uuid, bigint)": (
        "the function undo_extension(uuid, bigint) is missing"
    ),
    "ALTER TABLE public.session_events DROP CONSTRAINT an_event_is_reversed_once": (
        "the constraint an_event_is_reversed_once of session_events is missing"
    ),
    "ALTER TABLE public.session_events DROP CONSTRAINT session_events_of_one_purchase CASCADE": (
        "the constraint an_event_reverses_one_of_its_own_purchase of session_events is missing"
    ),
    "DROP INDEX public.purchases_newest_first": (
        "the index purchases_newest_first of client_purchases is missing"
    ),
    'DROP POLICY "studio_app reads and writes" ON public.clients': (
        "studio_app has no policy on clients, where row level security is on"
    ),
}
CHANGED = {
    "CREATE OR REPLACE FUNCTION public.release_session(p_purchase_id uuid) RETURNS int"
    " LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
    " SET application_name = 'studio: reinstated' AS 'SELECT 0'": (
        "the function release_session(uuid) was changed: it has no more"
    ),
    "DROP FUNCTION public.undo_reinstatement(uuid); CREATE FUNCTION"
    " public.undo_reinstatement(purchase uuid) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'": (
        "the function undo_reinstatement(uuid) was changed: it has no more"
    ),
    "ALTER FUNCTION public.use_session RESET search_path": (
        "the function use_session(uuid) was changed: it has no more"
        " “SET search_path TO 'pg_catalog', 'pg_temp'”"
    ),
    "ALTER FUNCTION public.record_session_event SECURITY INVOKER": (
        "the function record_session_event() was changed: it no longer contains “SECURITY DEFINER”"
    ),
    "ALTER TABLE public.client_purchases DISABLE TRIGGER record_changed_session_event": (
        "the trigger record_changed_session_event of client_purchases is disabled"
    ),
    "ALTER TABLE public.session_events ENABLE TRIGGER refuse_to_forget": (
        "the trigger refuse_to_forget of session_events is not ENABLE ALWAYS"
    ),
    "CREATE OR REPLACE TRIGGER keep_search_terms AFTER INSERT ON public.clients"
    " FOR EACH ROW EXECUTE FUNCTION public.keep_search_terms()": (
        "the trigger keep_search_terms of clients was changed"
    ),
    "ALTER TABLE public.session_events DROP CONSTRAINT session_events_kind_is_known;"
    " ALTER TABLE public.session_events ADD CONSTRAINT session_events_kind_is_known"
    " CHECK (kind <> '')": "the constraint session_events_kind_is_known of session_events was",
    "DROP INDEX public.purchases_by_expiry;"
    " CREATE INDEX purchases_by_expiry ON public.client_purchases (expires_at)": (
        "the index purchases_by_expiry of client_purchases was changed"
    ),
}
GIVEN_AWAY = {
    "ALTER FUNCTION public.undo_reinstatement OWNER TO service_role": (
        "undo_reinstatement(uuid) belongs to service_role, not to studio_ledger"
    ),
    "GRANT EXECUTE ON FUNCTION public.release_session TO PUBLIC": (
        "PUBLIC may EXECUTE release_session(uuid)"
    ),
    "GRANT EXECUTE ON FUNCTION public.use_session TO anon": "anon may EXECUTE use_session(uuid)",
    "REVOKE EXECUTE ON FUNCTION public.use_session FROM studio_app": (
        "studio_app may not EXECUTE use_session(uuid)"
    ),
    "GRANT INSERT ON public.session_events TO authenticated": (
        "authenticated may INSERT session_events"
    ),
    "GRANT UPDATE (sessions_used) ON public.client_purchases TO studio_app": (
        "studio_app may UPDATE client_purchases (sessions_used)"
    ),
}


def drift(foreign: ForeignDatabase) -> tuple[int, str]:
    done = foreign.manage("check", "--database", "default")
    return done.returncode, done.stdout + done.stderr


def hints(said: str) -> list[str]:
    return sorted(set(re.findall(r"HINT: python manage\.py (\w+)", said)))


def test_a_sound_database_has_none(attached_foreign: ForeignDatabase) -> None:
    assert drift(attached_foreign) == (0, "System check identified no issues (0 silenced).\n")


def test_nobody_looks_at_the_database_unasked(attached_foreign: ForeignDatabase) -> None:
    done = attached_foreign.manage("check", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("tamperings", "commands"),
    [
        (GONE, ["repair", "setup_roles"]),
        (CHANGED, ["repair", "setup_roles"]),
        (GIVEN_AWAY, ["setup_roles"]),
    ],
    ids=["gone", "changed", "given away"],
)
def test_each_change_is_named_and_the_commands_that_are_printed_mend_it(
    attached_foreign: ForeignDatabase, tamperings: dict[str, str], commands: list[str]
) -> None:
    before = attached_foreign.schema()
    for tampering in tamperings:
        attached_foreign.rows(tampering)

    status, said = drift(attached_foreign)
    assert status == 1
    assert [words for words in tamperings.values() if words not in said] == []
    assert hints(said) == commands
    for command in commands:
        repaired = attached_foreign.manage(command)
        assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert drift(attached_foreign)[0] == 0
    assert attached_foreign.schema() == before


def test_a_dropped_table_is_for_a_backup_to_bring_back(foreign: ForeignDatabase) -> None:
    foreign.attach()
    foreign.rows("DROP TABLE public.session_events CASCADE")

    _, said = drift(foreign)
    assert "the table session_events of session_events" not in said
    assert "the table session_events is missing" in said
    assert "from a backup" in said
    assert foreign.manage("repair").returncode == 1


def test_the_web_process_may_look_too_unless_it_may_try_nothing(
    attached_foreign: ForeignDatabase,
) -> None:
    web = {"DATABASE_URL": attached_foreign.as_role("studio_app")}
    done = attached_foreign.manage("check", "--database", "default", **web)
    assert (done.returncode, done.stderr) == (0, "")

    attached_foreign.rows(f"REVOKE TEMPORARY ON DATABASE {attached_foreign.name} FROM PUBLIC")
    done = attached_foreign.manage("check", "--database", "default", **web)
    attached_foreign.rows(f"GRANT TEMPORARY ON DATABASE {attached_foreign.name} TO PUBLIC")
    assert done.returncode == 0
    assert "HINT: Connect as the login that migrates." in done.stderr


def test_a_database_before_its_first_migration_has_none(foreign: ForeignDatabase) -> None:
    assert drift(foreign)[0] == 0


def test_a_constraint_that_older_rows_break_is_put_back_not_valid(
    attached_foreign: ForeignDatabase,
) -> None:
    name = "sessions_used_is_between_0_and_total"
    attached_foreign.rows(f"ALTER TABLE client_purchases DROP CONSTRAINT {name}")
    assert attached_foreign.manage("repair").returncode == 0

    query = "SELECT convalidated FROM pg_constraint WHERE conname = %s"
    assert attached_foreign.value(query, name) is False


def test_nothing_to_mend_is_said(attached_foreign: ForeignDatabase) -> None:
    before = attached_foreign.schema()
    done = attached_foreign.manage("repair")
    assert "Nothing to repair" in done.stdout
    assert attached_foreign.schema() == before
