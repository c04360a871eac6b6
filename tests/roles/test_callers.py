"""The roles that may EXECUTE the functions. Any caller of release_session could refill a pack."""

from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection
from pytest_django import Settings

from purchases.models import Org
from studio.database import grants
from tests.database import acting_as, make_role, rows, value
from tests.factories import make_purchase

MIGRATIONS = settings.BASE_DIR / "purchases" / "migrations"
PHONES = ["anon", "authenticated"]
FOR_OTHER_PROGRAMS = ["release_session(uuid)", "use_session(uuid)"]


def may_execute(role: str) -> list[str]:
    return [
        signature
        for signature in grants.FUNCTIONS
        if value("SELECT has_function_privilege(%s, %s, 'EXECUTE')", role, f"public.{signature}")
    ]


def tables_of(role: str, privilege: str) -> set[str]:
    return {
        table
        for table in grants.TABLES
        if value("SELECT has_table_privilege(%s, %s, %s)", role, f"public.{table}", privilege)
    }


@pytest.mark.parametrize("role", PHONES)
def test_phone_roles_may_call_no_function(other_programs: None, role: str) -> None:
    assert may_execute(role) == [*grants.FUNCTIONS], "default privileges grant all"
    grants.set_up(connection)

    assert may_execute(role) == []


def test_service_role_may_call_two_functions(other_programs: None) -> None:
    grants.set_up(connection)

    assert may_execute("service_role") == FOR_OTHER_PROGRAMS
    assert grants.differences(connection) == []


@pytest.mark.parametrize("role", [*PHONES, "service_role"])
def test_grants_on_shared_tables_stay_and_on_other_tables_go(
    other_programs: None, role: str
) -> None:
    """Default privileges grant the ledger, accounts and login sessions too, and set_up revokes
    them."""
    shared = {name for name, table in grants.TABLES.items() if table.is_shared}
    assert tables_of(role, "SELECT") == {*grants.TABLES}
    grants.set_up(connection)

    for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
        assert tables_of(role, privilege) == shared


@pytest.mark.parametrize("stem", ["0007_release_session", "0008_use_session"])
def test_next_run_revokes_execute_on_a_recreated_function(other_programs: None, stem: str) -> None:
    """Default privileges grant it to the phone roles, although its migration revokes PUBLIC."""
    grants.set_up(connection)
    rows((MIGRATIONS / stem).with_suffix(".sql").read_text())
    function = f"{stem[5:]}(uuid)"
    assert may_execute("anon") == [function]

    names = [difference.name for difference in grants.differences(connection)]
    assert f"anon may EXECUTE {function}" in names
    grants.set_up(connection)
    assert may_execute("anon") == may_execute("authenticated") == []
    assert grants.differences(connection) == []


@pytest.mark.usefixtures("no_roles")
def test_grants_of_an_older_version_are_revoked() -> None:
    old_caller = make_role("EXECUTE ON FUNCTION public.release_session(uuid)")
    rows("GRANT EXECUTE ON FUNCTION public.release_session(uuid) TO PUBLIC")
    grants.set_up(connection)

    assert may_execute("public") == may_execute(old_caller) == []


@pytest.mark.usefixtures("other_programs")
def test_setting_function_roles_replaces_the_callers(settings: Settings) -> None:
    edge = make_role()
    settings.FUNCTION_ROLES = [edge]
    grants.set_up(connection)

    assert may_execute(edge) == FOR_OTHER_PROGRAMS
    assert may_execute("service_role") == []


@pytest.mark.usefixtures("other_programs")
def test_setting_with_studio_app_alone_allows_no_other_role(settings: Settings) -> None:
    settings.FUNCTION_ROLES = [grants.APP]
    grants.set_up(connection)

    assert may_execute("service_role") == []
    assert grants.differences(connection) == []


@pytest.mark.usefixtures("no_roles")
def test_unknown_role_in_the_setting_is_an_error(settings: Settings) -> None:
    settings.FUNCTION_ROLES = ["nobody_knows_it"]

    with pytest.raises(ImproperlyConfigured, match="nobody_knows_it, and this database has no"):
        grants.set_up(connection)


@pytest.mark.parametrize(
    ("function", "answer", "used", "kind"),
    [("release_session", 2, 2, "reinstated"), ("use_session", True, 4, "used")],
)
def test_caller_needs_only_execute(
    studio_roles: None, northside: Org, function: str, answer: Any, used: int, kind: str
) -> None:
    purchase = make_purchase(org=northside, total=10, used=3)
    caller = make_role(f"EXECUTE ON FUNCTION public.{function}(uuid)")

    with acting_as(caller):
        assert value(f"SELECT public.{function}(%s)", purchase.pk) == answer
    purchase.refresh_from_db()
    assert purchase.sessions_used == used
    event = purchase.events.latest("id")
    assert (event.kind, event.db_role) == (kind, caller)


def test_statements_of_other_programs_are_recorded(studio_roles: None, northside: Org) -> None:
    """The audit triggers run with the privileges of studio_ledger for every role."""
    purchase = make_purchase(org=northside, total=10, used=3)
    program = make_role(
        "SELECT, INSERT, UPDATE, DELETE ON client_purchases", "SELECT, INSERT, UPDATE ON clients"
    )

    with acting_as(program):
        rows("UPDATE client_purchases SET sessions_used = 5 WHERE id = %s", purchase.pk)
        rows("UPDATE clients SET full_name = 'Ana Soto'")
        rows("DELETE FROM client_purchases WHERE id = %s", purchase.pk)
    events = rows("SELECT kind, delta, db_role FROM session_events ORDER BY id")
    assert events[1:] == [("corrected", 2, program), ("deleted", -5, program)]
    assert ("soto",) in rows("SELECT split_part(term, ' ', 1) FROM client_search_terms")


def test_truncate_trigger_has_its_privileges(studio_roles: None, northside: Org) -> None:
    make_purchase(org=northside, total=10, used=3)
    program = make_role("TRUNCATE ON client_purchases")

    # TRUNCATE fails while deferred foreign key checks are pending.
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    with acting_as(program):
        rows("TRUNCATE client_purchases")
    events = rows("SELECT kind, delta, db_role FROM session_events ORDER BY id")
    assert events[1:] == [("deleted", -3, program)]


def test_ledger_role_cannot_forge_events(studio_roles: None, northside: Org) -> None:
    """studio_ledger has only the privileges that the functions need. undo_import deletes purchases,
    clients and offers, and each deletion is an event."""
    make_purchase(org=northside, total=10, used=3)
    for statement in (
        "UPDATE client_purchases SET amount_paid_cents = 100",
        "DELETE FROM purchase_events",
        "DELETE FROM orgs",
        "UPDATE clients SET org_id = org_id",
        "UPDATE client_events SET kind = 'added'",
        "DELETE FROM client_events",
        "DELETE FROM session_events",
        "UPDATE session_events SET delta = 0",
        "SELECT * FROM clients",
        "SELECT * FROM studio_user",
    ):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, acting_as(grants.LEDGER):
            rows(statement)
