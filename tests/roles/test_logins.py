"""setup_roles by a login that is no superuser. It owns the database; some may create roles."""

import re

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection

from purchases.models import Org
from studio.database import grants
from tests.database import rows, value
from tests.factories import make_purchase
from tests.roles.catalog import rights
from tests.roles.logins import hand_over, make_login, signed_in_as

MIGRATIONS = settings.BASE_DIR / "purchases" / "migrations"


def names() -> list[str]:
    return [difference.name for difference in grants.differences(connection)]


@pytest.mark.usefixtures("no_roles")
def test_one_that_may_create_roles_sets_them_up() -> None:
    with signed_in_as(make_login("CREATEROLE")):
        assert grants.set_up(connection) is True
        once = rights()
        assert grants.set_up(connection) is False
        for statement in grants.statements(connection):
            rows(statement)
        assert rights() == once
    assert names() == []
    assert not value("SELECT has_schema_privilege('studio_ledger', 'public', 'CREATE')")


@pytest.mark.usefixtures("no_roles")
def test_the_functions_then_work_and_their_makers_rights_are_not_theirs(northside: Org) -> None:
    login = make_login("CREATEROLE")
    with signed_in_as(login):
        grants.set_up(connection)
    purchase = make_purchase(org=northside, total=10, used=3)
    with signed_in_as(grants.APP):
        assert value("SELECT release_session(%s)", purchase.pk) == 2
        assert value("SELECT use_session(%s)", purchase.pk) is True
    for role in (login, grants.LEDGER):
        with (
            pytest.raises(ProgrammingError, match="permission denied to set role"),
            signed_in_as(grants.APP),
        ):
            rows(f"SET ROLE {role}")


@pytest.mark.usefixtures("no_roles")
def test_it_can_still_migrate_and_sets_them_up_again() -> None:
    with signed_in_as(make_login("CREATEROLE")):
        grants.set_up(connection)
        once = rights()
        for stem in ("0002_release_session", "0009_undo_reinstatement"):
            rows((MIGRATIONS / stem).with_suffix(".sql").read_text())
        replaced = value("SELECT pg_get_functiondef('keep_search_terms'::regproc)")
        rows(replaced)
        assert [re.sub(r"login_\w+", "LOGIN", name) for name in names()] == [
            "release_session(uuid) belongs to LOGIN, not to studio_ledger",
            "undo_reinstatement(uuid) belongs to LOGIN, not to studio_ledger",
            "studio_app may not EXECUTE release_session(uuid)",
            "studio_app may not EXECUTE undo_reinstatement(uuid)",
        ]
        assert grants.set_up(connection) is True
        assert rights() == once


@pytest.mark.usefixtures("no_roles")
def test_one_that_may_not_create_roles_is_told_who_may() -> None:
    login = make_login()
    with pytest.raises(grants.NotAllowed) as refused, signed_in_as(login):
        grants.set_up(connection)
    assert str(refused.value) == (
        f"The login {login} may not create roles, and there is no studio_app and no studio_ledger. "
        "`python manage.py setup_roles --print` prints the SQL for a database administrator."
    )


@pytest.mark.usefixtures("no_roles")
def test_what_it_prints_is_for_a_superuser_to_run_and_then_it_gets_on_by_itself() -> None:
    login = make_login()
    with signed_in_as(login):
        printed = grants.statements(connection)
    for statement in printed:
        rows(statement)
    assert names() == []
    once = rights()
    with signed_in_as(login):
        rows((MIGRATIONS / "0003_use_session.sql").read_text())
        assert grants.set_up(connection) is True
    assert rights() == once


@pytest.mark.usefixtures("no_roles")
def test_where_the_roles_are_there_it_does_what_it_may_and_tells_the_rest(set_up: None) -> None:
    """Made for another database of the same server, say: it is no member of studio_ledger."""
    login = make_login()
    rows("REVOKE INSERT ON session_requests FROM studio_app")
    with pytest.raises(grants.NotAllowed) as refused, signed_in_as(login):
        grants.set_up(connection)
    told = str(refused.value)
    assert told.startswith("This login may not set up everything (")
    assert f"{login}, which owns the tables, is not a member of studio_ledger" in told
    assert "studio_app may not INSERT session_requests" not in told
    assert told.endswith("--print` prints the SQL for a database administrator.")


def test_a_login_that_does_not_own_the_schema_is_told_too(set_up: None) -> None:
    """It may hand a function over only where it may let studio_ledger create one."""
    login = make_login()
    rows("CREATE ROLE landlord")
    rows(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" OWNER TO landlord')
    rows(f"GRANT studio_ledger TO {login}")
    rows(f"GRANT USAGE, CREATE ON SCHEMA public TO {login}")

    with pytest.raises(grants.NotAllowed, match="belongs to login_"), signed_in_as(login):
        grants.set_up(connection)


def test_the_owner_may_have_changed(set_up: None) -> None:
    hand_over(login := make_login("CREATEROLE"))

    grants.set_up(connection)
    assert names() == []
    assert value("SELECT pg_has_role(%s, 'studio_ledger', 'USAGE')", login)
