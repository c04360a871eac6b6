"""Who may call the functions: through release_session anybody could refill a pack."""

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
def test_a_clients_phone_may_call_none(other_programs: None, role: str) -> None:
    assert may_execute(role) == [*grants.FUNCTIONS], "before, it was given them all"
    grants.set_up(connection)

    assert may_execute(role) == []


def test_the_service_role_may_call_the_two(other_programs: None) -> None:
    grants.set_up(connection)

    assert may_execute("service_role") == FOR_OTHER_PROGRAMS
    assert grants.differences(connection) == []


@pytest.mark.parametrize("role", [*PHONES, "service_role"])
def test_rights_on_the_shared_tables_stay_and_on_ours_go(other_programs: None, role: str) -> None:
    """The ledger, the accounts and the sessions of those who are signed in came by default."""
    shared = {name for name, table in grants.TABLES.items() if table.is_shared}
    assert tables_of(role, "SELECT") == {*grants.TABLES}
    grants.set_up(connection)

    for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
        assert tables_of(role, privilege) == shared


@pytest.mark.parametrize("stem", ["0002_release_session", "0009_undo_reinstatement"])
def test_a_function_that_is_made_anew_is_closed_by_the_next_run(
    other_programs: None, stem: str
) -> None:
    """Default privileges give it to every phone, whatever its migration takes from PUBLIC."""
    grants.set_up(connection)
    rows((MIGRATIONS / stem).with_suffix(".sql").read_text())
    function = f"{stem[5:]}(uuid)"
    assert may_execute("anon") == [function]

    found = [difference.name for difference in grants.differences(connection)]
    assert f"anon may EXECUTE {function}" in found
    grants.set_up(connection)
    assert may_execute("anon") == may_execute("authenticated") == []
    assert grants.differences(connection) == []


@pytest.mark.usefixtures("no_roles")
def test_an_older_versions_grants_go() -> None:
    old_caller = make_role("EXECUTE ON FUNCTION public.release_session(uuid)")
    rows("GRANT EXECUTE ON FUNCTION public.release_session(uuid) TO PUBLIC")
    grants.set_up(connection)

    assert may_execute("public") == may_execute(old_caller) == []


@pytest.mark.usefixtures("other_programs")
def test_a_setting_names_who_else_may(settings: Settings) -> None:
    edge = make_role()
    settings.FUNCTION_ROLES = [edge]
    grants.set_up(connection)

    assert may_execute(edge) == FOR_OTHER_PROGRAMS
    assert may_execute("service_role") == []


@pytest.mark.usefixtures("other_programs")
def test_naming_the_webs_own_role_names_nobody_else(settings: Settings) -> None:
    settings.FUNCTION_ROLES = [grants.APP]
    grants.set_up(connection)

    assert may_execute("service_role") == []
    assert grants.differences(connection) == []


@pytest.mark.usefixtures("no_roles")
def test_a_role_that_is_named_and_does_not_exist_stops_it(settings: Settings) -> None:
    settings.FUNCTION_ROLES = ["nobody_knows_it"]

    with pytest.raises(ImproperlyConfigured, match="nobody_knows_it, and this database has no"):
        grants.set_up(connection)


@pytest.mark.parametrize(
    ("function", "answer", "used", "kind"),
    [("release_session", 2, 2, "reinstated"), ("use_session", True, 4, "used")],
)
def test_a_caller_needs_execute_and_nothing_else(
    set_up: None, northside: Org, function: str, answer: Any, used: int, kind: str
) -> None:
    purchase = make_purchase(org=northside, total=10, used=3)
    caller = make_role(f"EXECUTE ON FUNCTION public.{function}(uuid)")

    with acting_as(caller):
        assert value(f"SELECT public.{function}(%s)", purchase.pk) == answer
    purchase.refresh_from_db()
    assert purchase.sessions_used == used
    event = purchase.events.latest("id")
    assert (event.kind, event.made_by) == (kind, caller)


def test_another_programs_own_statements_are_recorded_as_before(
    set_up: None, northside: Org
) -> None:
    """The ledger's triggers have the rights of studio_ledger, whoever makes the change."""
    purchase = make_purchase(org=northside, total=10, used=3)
    program = make_role(
        "SELECT, INSERT, UPDATE, DELETE ON client_purchases", "SELECT, INSERT, UPDATE ON clients"
    )

    with acting_as(program):
        rows("UPDATE client_purchases SET sessions_used = 5 WHERE id = %s", purchase.pk)
        rows("UPDATE clients SET full_name = 'Ana Soto'")
        rows("DELETE FROM client_purchases WHERE id = %s", purchase.pk)
    made = rows("SELECT kind, delta, made_by FROM session_events ORDER BY id")
    assert made[1:] == [("corrected", 2, program), ("deleted", -5, program)]
    assert ("soto",) in rows("SELECT split_part(term, ' ', 1) FROM client_search_terms")


def test_the_trigger_of_truncate_has_the_rights_that_it_needs(set_up: None, northside: Org) -> None:
    make_purchase(org=northside, total=10, used=3)
    program = make_role("TRUNCATE ON client_purchases")

    # The foreign keys of the rows above wait for their check, and TRUNCATE does not.
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    with acting_as(program):
        rows("TRUNCATE client_purchases")
    kinds = rows("SELECT kind, delta, made_by FROM session_events ORDER BY id")
    assert kinds[1:] == [("deleted", -3, program)]


def test_the_ledgers_role_cannot_be_used_to_forge(set_up: None, northside: Org) -> None:
    """Whoever has it, has the column rights that the functions need, and no more."""
    make_purchase(org=northside, total=10, used=3)
    for statement in (
        "UPDATE client_purchases SET sessions_total = 100",
        "SELECT amount_paid_cents FROM client_purchases",
        "DELETE FROM client_purchases",
        "DELETE FROM session_events",
        "UPDATE session_events SET delta = 0",
        "SELECT * FROM clients",
        "SELECT * FROM studio_user",
    ):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, acting_as(grants.LEDGER):
            rows(statement)
