"""Rights of other programs' roles that could change a count are reported with a repair."""

import pytest
from django.core.checks import CheckMessage
from django.db import connection

from studio.database import grants
from studio.database.checks import check_grants
from tests.database import acting_as, make_role, rows, value

pytestmark = pytest.mark.usefixtures("studio_roles")


def reports() -> dict[str, str]:
    return {each.name: each.repair for each in grants.exposures(connection)}


def messages(level: str) -> list[CheckMessage]:
    return [each for each in check_grants() if each.id == f"studio.{level}"]


def test_database_of_our_own_has_no_exposure() -> None:
    assert check_grants() == []


@pytest.mark.parametrize(
    ("privilege", "name", "repair"),
    [
        (
            "UPDATE (sessions_used)",
            "{} may UPDATE the counts of client_purchases",
            "REVOKE UPDATE ON public.client_purchases FROM {};",
        ),
        (
            "UPDATE",
            "{} may UPDATE the counts of client_purchases",
            "REVOKE UPDATE ON public.client_purchases FROM {};",
        ),
        (
            "TRUNCATE",
            "{} may TRUNCATE client_purchases",
            "REVOKE TRUNCATE ON public.client_purchases FROM {};",
        ),
        (
            "TRIGGER",
            "{} may CREATE a TRIGGER, which can run as studio_ledger, on client_purchases",
            "REVOKE TRIGGER ON public.client_purchases FROM {};",
        ),
    ],
)
def test_right_on_the_purchases_is_reported(privilege: str, name: str, repair: str) -> None:
    role = make_role(f"{privilege} ON client_purchases")

    assert reports() == {name.format(role): repair.format(role)}
    assert [warning.msg for warning in messages("W003")] == [f"{name.format(role)}."]
    rows(repair.format(role))
    assert reports() == {}


def test_harmless_rights_are_not_reported() -> None:
    make_role(
        "SELECT, INSERT, DELETE ON client_purchases",
        "UPDATE (payment_status) ON client_purchases",
        "UPDATE, TRUNCATE ON clients",
    )

    assert reports() == {}


def test_trigger_is_reported_on_each_shared_table() -> None:
    role = make_role("TRIGGER ON clients, offers, orgs")

    assert reports() == {
        f"{role} may CREATE a TRIGGER, which can run as studio_ledger, on clients, offers, orgs": (
            f"REVOKE TRIGGER ON public.clients, public.offers, public.orgs FROM {role};"
        )
    }


def test_public_and_whoever_got_the_right_from_a_role_are_reported() -> None:
    program, friend = make_role(), make_role()
    rows(f"GRANT UPDATE ON client_purchases TO {program} WITH GRANT OPTION")
    with acting_as(program):
        rows(f"GRANT UPDATE ON client_purchases TO {friend}")
    rows("GRANT TRUNCATE ON client_purchases TO PUBLIC")

    assert {name.split()[0] for name in reports()} == {"PUBLIC", program, friend}
    for repair in reports().values():
        rows(repair)
    assert reports() == {}


def test_members_of_a_role_with_the_right_are_named() -> None:
    program, phone = make_role("TRUNCATE ON client_purchases"), make_role()
    rows(f"GRANT {program} TO {phone}")

    assert [*reports()] == [f"{program} may TRUNCATE client_purchases (so may {phone} as a member)"]


@pytest.mark.parametrize("group", ["studio_ledger", "studio_app", "pg_write_all_data"])
def test_members_of_a_role_that_changes_counts_are_reported(group: str) -> None:
    role = make_role()
    rows(f"GRANT {group} TO {role}")

    assert reports() == {
        f"{role} has the rights of {group}, which may change counts": f"REVOKE {group} FROM {role};"
    }


def test_trigger_of_another_role_is_an_error() -> None:
    """It could forge an event, because it runs as studio_ledger in release_session."""
    role = make_role("TRIGGER ON client_purchases", "TEMPORARY ON DATABASE " + name_of_database())
    with acting_as(role):
        rows(
            "CREATE FUNCTION pg_temp.forge() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NULL; END'"
        )
        rows(
            "CREATE TRIGGER forge AFTER UPDATE ON client_purchases"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp.forge()"
        )

    (error,) = messages("E005")
    assert error.is_serious()
    assert "the trigger forge on client_purchases runs pg_temp" in error.msg
    assert f"forge() of {role}, which runs as studio_ledger" in error.msg
    assert error.hint == "DROP TRIGGER forge ON public.client_purchases;"
    rows(error.hint)
    assert messages("E005") == []


def test_trigger_of_the_tables_owner_is_not_reported() -> None:
    rows("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    rows("CREATE TRIGGER touch BEFORE UPDATE ON offers FOR EACH ROW EXECUTE FUNCTION touch()")

    assert check_grants() == []


@pytest.mark.parametrize(
    ("other", "body"),
    [
        ("use_session(uuid, integer)", "use_session(p uuid, by int DEFAULT 1) RETURNS bool"),
        ("use_session(text)", "use_session(p text) RETURNS bool"),
        ("use_session(uuid[])", "use_session(VARIADIC p uuid[]) RETURNS bool"),
        ("purchase_as_of(uuid)", "purchase_as_of(p uuid) RETURNS bool"),
    ],
)
def test_ambiguous_function_is_an_error(other: str, body: str) -> None:
    rows(f"CREATE FUNCTION {body} LANGUAGE sql AS 'SELECT true'")

    (error,) = messages("E004")
    assert error.msg.startswith(f"{other} is not ours and fits the calls of ")
    assert error.hint == f"DROP ROUTINE public.{other};"
    rows(error.hint)
    assert check_grants() == []


@pytest.mark.parametrize(
    "body", ["use_session() RETURNS bool", "use_session(p uuid, by int) RETURNS bool"]
)
def test_function_with_other_arguments_is_not_ambiguous(body: str) -> None:
    rows(f"CREATE FUNCTION {body} LANGUAGE sql AS 'SELECT true'")

    assert check_grants() == []


def name_of_database() -> str:
    name: str = value("SELECT quote_ident(current_database())")
    return name
