"""`check --database default` names each change of another program. `repair` and `setup_roles`
repair it, or the check prints the statement that does."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.core.checks import CheckMessage
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from studio.database import grants, schema
from studio.database.checks import check_database
from tests.database import rows, value
from tests.roles.conftest import rename_existing_roles

COMMANDS = {"python manage.py repair", "python manage.py setup_roles"}


class Drift(NamedTuple):
    change: str
    report: str
    # A person has to decide, so the hint is advice or has a gap.
    by_hand: bool = False


def constraint(table: str, kind: str, column: str, then: str = "") -> str:
    """Return the statement that drops a constraint of a kind on a column."""
    return f"""
        DO $do$
        DECLARE
            v_name text;
            v_definition text;
        BEGIN
            SELECT conname, pg_get_constraintdef(pg_constraint.oid) INTO v_name, v_definition
            FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
            WHERE conrelid = 'public.{table}'::regclass AND contype = '{kind}'
                AND attname = '{column}';
            EXECUTE format('ALTER TABLE public.{table} DROP CONSTRAINT %I', v_name);
            {then}
        END
        $do$
    """


NOT_VALID = (
    "EXECUTE format('ALTER TABLE public.session_events ADD CONSTRAINT %I %s NOT VALID',"
    " v_name, v_definition);"
)


def trigger(name: str, table: str, event: str, body: str) -> str:
    return (
        f"CREATE FUNCTION public.{name}() RETURNS trigger LANGUAGE plpgsql"
        f" SECURITY DEFINER SET search_path = pg_catalog AS 'BEGIN {body} END';"
        f" CREATE TRIGGER {name} BEFORE {event} ON public.{table}"
        f" FOR EACH ROW EXECUTE FUNCTION public.{name}()"
    )


RELEASE = (
    "CREATE OR REPLACE FUNCTION public.release_session(p_purchase_id uuid) RETURNS int"
    " LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
    " SET application_name = 'studio: reinstate' AS 'SELECT 0'"
)

SHARED_TABLES = {
    "dropped column": Drift(
        "ALTER TABLE public.offers DROP COLUMN bonus_sessions", "offers.bonus_sessions is missing"
    ),
    "changed type": Drift(
        "ALTER TABLE public.orgs ALTER COLUMN name TYPE varchar(99)",
        "orgs.name is character varying(99) and must be text",
    ),
    "null": Drift(
        "ALTER TABLE public.orgs ALTER COLUMN slug DROP NOT NULL", "orgs.slug may be null"
    ),
    "not null": Drift(
        "ALTER TABLE public.offers ALTER COLUMN description SET NOT NULL",
        "offers.description may not be null",
        by_hand=True,
    ),
    "no default": Drift(
        "ALTER TABLE public.orgs ALTER COLUMN id DROP DEFAULT", "orgs.id has no default"
    ),
    "another default": Drift(
        "ALTER TABLE public.client_purchases ALTER COLUMN sessions_used SET DEFAULT 5",
        "client_purchases.sessions_used has the default 5 and not 0",
    ),
    "column that must be filled": Drift(
        "ALTER TABLE public.offers ADD COLUMN sku text NOT NULL",
        "offers.sku may not be null and has no default",
        by_hand=True,
    ),
    "rule on update": Drift(
        "CREATE RULE swallow AS ON UPDATE TO public.client_purchases DO INSTEAD NOTHING",
        "client_purchases has a rule ON UPDATE",
    ),
    "rule on insert": Drift(
        "CREATE RULE swallow AS ON INSERT TO public.clients DO INSTEAD NOTHING",
        "the rule swallow of clients changes what a write of it does",
    ),
    "restrictive policy": Drift(
        "CREATE POLICY hide ON public.client_purchases AS RESTRICTIVE USING (false)",
        "the restrictive policy hide hides rows of client_purchases",
    ),
    "policies switched off": Drift(
        "GRANT SELECT ON public.clients TO reader;"
        " ALTER TABLE public.clients DISABLE ROW LEVEL SECURITY",
        "clients has policies, and row level security is off",
    ),
    "trigger that swallows updates": Drift(
        trigger("swallow", "client_purchases", "UPDATE", "RETURN NULL;"),
        "the trigger swallow of client_purchases can skip or alter a change: its function swallow"
        " returns null",
    ),
    "trigger that sets a count": Drift(
        trigger("refill", "client_purchases", "UPDATE", "NEW.sessions_used := 0; RETURN NEW;"),
        "its function refill sets a column of the site",
    ),
    "trigger of another owner": Drift(
        trigger("watch", "client_purchases", "UPDATE", "RETURN NEW;")
        + "; ALTER FUNCTION public.watch() OWNER TO reader",
        "the trigger watch on client_purchases runs watch() of reader",
    ),
    "inheriting table": Drift(
        "CREATE TABLE public.more () INHERITS (public.client_purchases)",
        "client_purchases has partitions or child tables (more)",
        by_hand=True,
    ),
    "dropped foreign key": Drift(
        constraint("client_purchases", "f", "client_id"),
        "client_purchases.client_id has no foreign key to clients",
    ),
    "dropped primary key": Drift(
        "ALTER TABLE public.offers DROP CONSTRAINT offers_pkey CASCADE",
        "offers.id is not a primary key",
    ),
    "slug not unique": Drift(constraint("orgs", "u", "slug"), "orgs.slug is not unique"),
    "unlimited values": Drift(
        constraint("offers", "c", "offer_type"),
        "no valid constraint limits offers.offer_type to known values",
    ),
    "right on a count": Drift(
        "GRANT UPDATE ON public.client_purchases TO reader", "reader may UPDATE the counts of"
    ),
    "default privileges": Drift(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO reader",
        "are granted to reader",
    ),
}
FUNCTIONS = {
    "overload": Drift(
        "CREATE FUNCTION public.release_session(p_purchase_id uuid, p_by text DEFAULT '')"
        " RETURNS int LANGUAGE sql AS 'SELECT 0'",
        "release_session(uuid, text) is not ours and fits the calls of release_session(uuid)",
    ),
    "body": Drift(RELEASE, "the function release_session(uuid) was changed"),
    "another result": Drift(
        "DROP FUNCTION public.use_session(uuid); CREATE FUNCTION public.use_session(uuid)"
        " RETURNS jsonb LANGUAGE sql AS 'SELECT NULL::jsonb'",
        "the function use_session(uuid) was changed",
    ),
    "dropped function": Drift(
        "DROP FUNCTION public.use_session(uuid)", "the function use_session(uuid) is missing"
    ),
    "owner of a function": Drift(
        "ALTER FUNCTION public.use_session OWNER TO reader",
        "use_session(uuid) belongs to reader, not to studio_ledger",
    ),
    "rights of the caller": Drift(
        "ALTER FUNCTION public.use_session SECURITY INVOKER",
        "the function use_session(uuid) was changed: it no longer contains “SECURITY DEFINER”",
    ),
    "no search_path": Drift(
        "ALTER FUNCTION public.use_session RESET search_path",
        "the function use_session(uuid) was changed: it no longer contains",
    ),
    "no name of the operation": Drift(
        "ALTER FUNCTION public.use_session RESET application_name",
        "the function use_session(uuid) was changed: it no longer contains",
    ),
    "missing execute": Drift(
        "REVOKE EXECUTE ON FUNCTION public.use_session FROM studio_app",
        "studio_app may not EXECUTE use_session(uuid)",
    ),
    "execute for public": Drift(
        "GRANT EXECUTE ON FUNCTION public.release_session TO PUBLIC",
        "PUBLIC may EXECUTE release_session(uuid)",
    ),
    "comment of a function": Drift(
        "COMMENT ON FUNCTION public.use_session(uuid) IS NULL",
        "the comment on the function use_session(uuid) is missing",
    ),
    "check function that no setting names": Drift(
        "CREATE FUNCTION public.caller_may_change(uuid) RETURNS boolean"
        " LANGUAGE sql AS 'SELECT true'",
        "caller_may_change(uuid) exists, and FUNCTION_ROLES names no check function",
    ),
}
OWN_TABLES = {
    "disabled trigger": Drift(
        "ALTER TABLE public.client_purchases DISABLE TRIGGER record_changed_session_event",
        "the trigger record_changed_session_event of client_purchases is disabled",
    ),
    "dropped trigger": Drift(
        "DROP TRIGGER record_session_event ON public.client_purchases",
        "the trigger record_session_event of client_purchases is missing",
    ),
    "trigger that replicas skip": Drift(
        "ALTER TABLE public.session_events ENABLE TRIGGER forbid_change",
        "the trigger forbid_change of session_events is not ENABLE ALWAYS",
    ),
    "trigger of another program": Drift(
        trigger("forget", "session_events", "INSERT", "RETURN NULL;"),
        "the trigger forget of session_events is not ours",
    ),
    "rule": Drift(
        "CREATE RULE forget AS ON INSERT TO public.session_events DO INSTEAD NOTHING",
        "the rule forget of session_events changes what a write of it does",
    ),
    "child table": Drift(
        "CREATE TABLE public.more () INHERITS (public.session_events)",
        "the table more inherits from session_events",
    ),
    "unlogged": Drift(
        "ALTER TABLE public.allowance_locks SET UNLOGGED", "allowance_locks is UNLOGGED"
    ),
    "owner of a table": Drift(
        "ALTER TABLE public.allowance_locks OWNER TO reader", "allowance_locks belongs to reader"
    ),
    "dropped constraint": Drift(
        "ALTER TABLE public.client_purchases DROP CONSTRAINT sessions_used_is_between_0_and_total",
        "the constraint sessions_used_is_between_0_and_total of client_purchases is missing",
    ),
    "constraint that is not valid": Drift(
        constraint("session_events", "c", "kind", NOT_VALID), "of session_events is NOT VALID"
    ),
    "constraint of another program": Drift(
        "ALTER TABLE public.session_requests ADD CONSTRAINT no_notes CHECK (note = '')",
        "the constraint no_notes of session_requests is not ours",
    ),
    "dropped index": Drift(
        "DROP INDEX public.purchases_newest_first",
        "the index purchases_newest_first of client_purchases is missing",
    ),
    "changed index": Drift(
        "DROP INDEX public.purchases_by_expiry;"
        " CREATE INDEX purchases_by_expiry ON public.client_purchases (expires_at)",
        "the index purchases_by_expiry of client_purchases was changed",
    ),
    "invalid index": Drift(
        "UPDATE pg_index SET indisvalid = false"
        " WHERE indexrelid = 'public.purchases_newest_first'::regclass",
        "the index purchases_newest_first of client_purchases was changed",
    ),
    "unique index of another program": Drift(
        "CREATE UNIQUE INDEX once_a_purchase ON public.session_events (purchase_id)",
        "the index once_a_purchase of session_events is not ours",
    ),
    "column may be null": Drift(
        "ALTER TABLE public.session_events ALTER COLUMN delta DROP NOT NULL",
        "the column delta of session_events was changed",
    ),
    "column without its default": Drift(
        "ALTER TABLE public.session_events ALTER COLUMN occurred_at DROP DEFAULT",
        "the column occurred_at of session_events was changed",
    ),
    "column of another program": Drift(
        "ALTER TABLE public.session_requests ADD COLUMN shop text NOT NULL",
        "the column shop of session_requests is not ours",
    ),
    "comment of a column": Drift(
        "COMMENT ON COLUMN public.session_events.delta IS 'How many'",
        "the comment on the column delta of session_events was changed",
    ),
    "row level security off": Drift(
        "ALTER TABLE public.session_events DISABLE ROW LEVEL SECURITY",
        "studio_app sees rows of every studio in session_events",
    ),
    "dropped policy": Drift(
        'DROP POLICY "studio_app sees its studio" ON public.session_events',
        "studio_app sees rows of every studio in session_events",
    ),
    "dropped policy of the ledger": Drift(
        'DROP POLICY "studio_ledger reads and writes" ON public.client_purchases',
        "studio_ledger has no policy on client_purchases",
    ),
}
ROLES = {
    "missing right": Drift(
        "REVOKE SELECT ON public.client_purchases FROM studio_app",
        "studio_app may not SELECT client_purchases",
    ),
    "right to change a count": Drift(
        "GRANT UPDATE (sessions_used) ON public.client_purchases TO studio_app",
        "studio_app may UPDATE client_purchases (sessions_used)",
    ),
    "right to write the ledger": Drift(
        "GRANT INSERT ON public.session_events TO reader", "reader may INSERT session_events"
    ),
    "power of a role": Drift("ALTER ROLE studio_app BYPASSRLS", "studio_app has BYPASSRLS"),
    "member of a role": Drift("GRANT reader TO studio_app", "studio_app is a member of reader"),
    "right to create": Drift(
        "GRANT CREATE ON SCHEMA public TO studio_app", "studio_app may CREATE in the schema public"
    ),
}
DRIFTS = SHARED_TABLES | FUNCTIONS | OWN_TABLES | ROLES


@pytest.fixture(scope="module")
def unchanged(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[set[str]]:
    """The messages of a database with the roles, in one transaction for all tests."""
    with (
        django_db_blocker.unblock(),
        override_settings(DATABASE_URL="", FUNCTION_ROLES=[], CALLER_CHECK=""),
        transaction.atomic(),
    ):
        assert connection.settings_dict["NAME"].startswith("test_")
        rename_existing_roles()
        grants.set_up(connection)
        rows("CREATE ROLE reader")
        yield names(check())
        transaction.set_rollback(True)


def check() -> list[CheckMessage]:
    return list(check_database(databases=["default"]))


def names(messages: list[CheckMessage]) -> set[str]:
    return {message.msg for message in messages}


def repair(messages: list[CheckMessage]) -> None:
    """Do what the hints say."""
    hints = [message.hint or "" for message in messages]
    if COMMANDS & {*hints}:
        assert schema.repair(schema.drift(schema.history())) == []
        grants.set_up(connection)
    for hint in dict.fromkeys(hints):
        if hint not in COMMANDS:
            rows(re.sub(r" \((PostgreSQL reports|use a trigger).*", "", hint))


def test_an_unchanged_database_has_no_drift(unchanged: set[str]) -> None:
    assert unchanged == set()


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS.keys())
def test_each_drift_is_named_and_repaired(unchanged: set[str], drift: Drift) -> None:
    point = transaction.savepoint()
    try:
        rows(drift.change)
        found = [message for message in check() if message.msg not in unchanged]
        assert [message for message in found if drift.report in message.msg], names(found)
        assert all(message.hint for message in found)
        if not drift.by_hand:
            repair(found)
            assert value("SELECT to_regclass('django_migrations')"), "the check finds its history"
            assert names(check()) == unchanged
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.django_db
def test_there_are_at_least_40() -> None:
    """The mark lets pytest-django create the test database, which the other tests use too."""
    assert len(DRIFTS) >= 40
