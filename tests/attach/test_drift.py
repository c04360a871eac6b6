"""`check --database default` reports each change of the schema and the command that repairs it.
It reports nothing for an unchanged database."""

import re

import pytest

from tests.attach.foreign_database import ForeignDatabase

# The change: the text of its report.
MISSING = {
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
    " SET application_name = 'studio: reinstate' AS 'SELECT 0'": (
        "the function release_session(uuid) was changed: it no longer contains"
    ),
    "DROP FUNCTION public.refund_purchase(uuid); CREATE FUNCTION"
    " public.refund_purchase(purchase uuid) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'": (
        "the function refund_purchase(uuid) was changed: it no longer contains"
    ),
    "ALTER FUNCTION public.use_session RESET search_path": (
        "the function use_session(uuid) was changed: it no longer contains"
        " “SET search_path TO 'pg_catalog', 'pg_temp'”"
    ),
    "ALTER FUNCTION public.record_session_event SECURITY INVOKER": (
        "the function record_session_event() was changed: it no longer contains “SECURITY DEFINER”"
    ),
    "ALTER TABLE public.client_purchases DISABLE TRIGGER record_changed_session_event": (
        "the trigger record_changed_session_event of client_purchases is disabled"
    ),
    "ALTER TABLE public.session_events ENABLE TRIGGER forbid_change": (
        "the trigger forbid_change of session_events is not ENABLE ALWAYS"
    ),
    "CREATE OR REPLACE TRIGGER refresh_changed_search_terms AFTER UPDATE ON public.clients"
    " FOR EACH ROW EXECUTE FUNCTION public.refresh_search_terms()": (
        "the trigger refresh_changed_search_terms of clients was changed"
    ),
    "COMMENT ON COLUMN public.session_events.delta IS 'How many'": (
        "the comment on the column delta of session_events was changed"
    ),
    "COMMENT ON FUNCTION public.use_session(uuid) IS NULL": (
        "the comment on the function use_session(uuid) is missing"
    ),
    "ALTER TABLE public.session_events DROP CONSTRAINT session_events_kind_is_known;"
    " ALTER TABLE public.session_events ADD CONSTRAINT session_events_kind_is_known"
    " CHECK (kind <> '')": "the constraint session_events_kind_is_known of session_events was",
    "DROP INDEX public.purchases_by_expiry;"
    " CREATE INDEX purchases_by_expiry ON public.client_purchases (expires_at)": (
        "the index purchases_by_expiry of client_purchases was changed"
    ),
}
GRANTED = {
    "ALTER FUNCTION public.refund_purchase OWNER TO service_role": (
        "refund_purchase(uuid) belongs to service_role, not to studio_ledger"
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

ALL_SHARED = "public.client_purchases, public.clients, public.offers, public.orgs"
RIGHTS_OF_OTHERS = sorted(
    f"REVOKE {privilege} ON {tables} FROM {role};"
    for role in ("anon", "authenticated", "service_role")
    for privilege, tables in (
        ("UPDATE", "public.client_purchases"),
        ("TRUNCATE", "public.client_purchases"),
        ("TRIGGER", ALL_SHARED),
    )
)


def drift(foreign: ForeignDatabase) -> tuple[int, str]:
    result = foreign.manage("check", "--database", "default")
    return result.returncode, result.stdout + result.stderr


def hints(output: str) -> list[str]:
    return sorted(set(re.findall(r"HINT: python manage\.py (\w+)", output)))


def test_unchanged_database_has_no_drift(attached_foreign: ForeignDatabase) -> None:
    """The rights of other programs on the shared tables are warnings."""
    status, output = drift(attached_foreign)
    assert status == 0
    assert set(re.findall(r"\(studio\.\w+\)", output)) == {"(studio.W003)", "(studio.W005)"}
    # The product has a trigger without rights of its own, and default privileges.
    warnings = re.findall(r"\(studio\.W005\) (.{0,28})", output)
    assert sorted(set(warnings)) == [
        "new FUNCTIONS of postgres ar",
        "new SEQUENCES of postgres ar",
        "new TABLES of postgres are g",
        "the trigger touch on client_",
    ]
    for command in ("check", "setup_roles"):
        arguments = ["--database", "default"] if command == "check" else []
        result = attached_foreign.manage(command, *arguments)
        revoked = re.findall("(?<!public )REVOKE .*;", result.stdout + result.stderr)
        assert sorted(revoked) == RIGHTS_OF_OTHERS


def test_plain_check_does_not_connect_to_the_database(attached_foreign: ForeignDatabase) -> None:
    result = attached_foreign.manage("check", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("changes", "commands"),
    [
        (MISSING, ["repair", "setup_roles"]),
        (CHANGED, ["repair", "setup_roles"]),
        (GRANTED, ["setup_roles"]),
    ],
    ids=["missing", "changed", "granted"],
)
def test_changes_are_reported_and_repaired_by_the_printed_commands(
    attached_foreign: ForeignDatabase, changes: dict[str, str], commands: list[str]
) -> None:
    before = attached_foreign.schema()
    for statement in changes:
        attached_foreign.rows(statement)

    status, output = drift(attached_foreign)
    assert status == 1
    assert [report for report in changes.values() if report not in output] == []
    assert hints(output) == commands
    for command in commands:
        repaired = attached_foreign.manage(command)
        assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert drift(attached_foreign)[0] == 0
    assert attached_foreign.schema() == before


def test_dropped_table_requires_a_backup(foreign: ForeignDatabase) -> None:
    foreign.attach()
    foreign.rows("DROP TABLE public.session_events CASCADE")

    _, output = drift(foreign)
    assert "the table session_events of session_events" not in output
    assert "the table session_events is missing" in output
    assert "from a backup" in output
    assert foreign.manage("repair").returncode == 1


def test_studio_app_may_check_if_it_may_create_temporary_tables(
    attached_foreign: ForeignDatabase,
) -> None:
    web = {"DATABASE_URL": attached_foreign.as_role("studio_app")}
    result = attached_foreign.manage("check", "--database", "default", **web)
    assert result.returncode == 0, result.stderr
    assert "studio.W001" not in result.stderr

    attached_foreign.rows(f"REVOKE TEMPORARY ON DATABASE {attached_foreign.name} FROM PUBLIC")
    result = attached_foreign.manage("check", "--database", "default", **web)
    attached_foreign.rows(f"GRANT TEMPORARY ON DATABASE {attached_foreign.name} TO PUBLIC")
    assert result.returncode == 0
    assert "HINT: Connect as the login that migrates." in result.stderr


def test_database_without_migrations_has_no_drift(foreign: ForeignDatabase) -> None:
    assert drift(foreign)[0] == 0


def test_constraint_with_broken_rows_is_restored_not_valid(
    attached_foreign: ForeignDatabase,
) -> None:
    name = "sessions_used_is_between_0_and_total"
    attached_foreign.rows(f"ALTER TABLE client_purchases DROP CONSTRAINT {name}")
    assert attached_foreign.manage("repair").returncode == 0

    query = "SELECT convalidated FROM pg_constraint WHERE conname = %s"
    assert attached_foreign.value(query, name) is False


def test_repair_reports_if_nothing_is_wrong(attached_foreign: ForeignDatabase) -> None:
    before = attached_foreign.schema()
    result = attached_foreign.manage("repair")
    assert "Nothing to repair" in result.stdout
    assert attached_foreign.schema() == before
