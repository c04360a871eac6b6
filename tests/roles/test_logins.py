"""setup_roles by a login without superuser that owns the database, with and without CREATEROLE."""

import re

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection

from purchases.models import Org
from studio.database import grants
from tests.database import rows, value
from tests.factories import make_purchase
from tests.roles.catalog import privileges
from tests.roles.logins import hand_over, make_login, signed_in_as

MIGRATIONS = settings.BASE_DIR / "purchases" / "migrations"


def names() -> list[str]:
    return [difference.name for difference in grants.differences(connection)]


@pytest.mark.usefixtures("no_roles")
def test_login_with_createrole_sets_the_roles_up() -> None:
    with signed_in_as(make_login("CREATEROLE")):
        assert grants.set_up(connection) is True
        before = privileges()
        assert grants.set_up(connection) is False
        for statement in grants.statements(connection):
            rows(statement)
        assert privileges() == before
    assert names() == []
    assert not value("SELECT has_schema_privilege('studio_ledger', 'public', 'CREATE')")


@pytest.mark.usefixtures("no_roles")
def test_functions_work_without_the_creators_privileges(northside: Org) -> None:
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
def test_login_can_migrate_and_set_up_again() -> None:
    with signed_in_as(make_login("CREATEROLE")):
        grants.set_up(connection)
        before = privileges()
        for stem in ("0007_release_session", "0008_use_session"):
            rows((MIGRATIONS / stem).with_suffix(".sql").read_text())
        definition = value("SELECT pg_get_functiondef('refresh_search_terms'::regproc)")
        rows(definition)
        assert [re.sub(r"login_\w+", "LOGIN", name) for name in names()] == [
            "release_session(uuid) belongs to LOGIN, not to studio_ledger",
            "use_session(uuid) belongs to LOGIN, not to studio_ledger",
            "studio_app may not EXECUTE release_session(uuid)",
            "studio_app may not EXECUTE use_session(uuid)",
        ]
        assert grants.set_up(connection) is True
        assert privileges() == before


@pytest.mark.usefixtures("no_roles")
def test_login_without_createrole_is_refused() -> None:
    login = make_login()
    with pytest.raises(grants.NotAllowed) as refused, signed_in_as(login):
        grants.set_up(connection)
    assert str(refused.value) == (
        f"The login {login} may not create roles, and there is no studio_app and no studio_ledger. "
        "`python manage.py setup_roles --print` prints the SQL for a database administrator."
    )


@pytest.mark.usefixtures("no_roles")
def test_login_sets_up_after_a_superuser_ran_the_printed_sql() -> None:
    login = make_login()
    with signed_in_as(login):
        printed = grants.statements(connection)
    for statement in printed:
        rows(statement)
    assert names() == []
    before = privileges()
    with signed_in_as(login):
        rows((MIGRATIONS / "0008_use_session.sql").read_text())
        assert grants.set_up(connection) is True
    assert privileges() == before


@pytest.mark.usefixtures("no_roles")
def test_login_does_what_it_may_and_reports_the_rest(studio_roles: None) -> None:
    """The roles may exist for another database of the server. The login is not in studio_ledger."""
    login = make_login()
    rows("REVOKE INSERT ON session_requests FROM studio_app")
    with pytest.raises(grants.NotAllowed) as refused, signed_in_as(login):
        grants.set_up(connection)
    message = str(refused.value)
    assert message.startswith("This login may not set up everything (")
    assert f"{login}, which owns the tables, is not a member of studio_ledger" in message
    assert "studio_app may not INSERT session_requests" not in message
    assert message.endswith("--print` prints the SQL for a database administrator.")


def test_login_that_does_not_own_the_schema_is_refused(studio_roles: None) -> None:
    """ALTER FUNCTION OWNER requires that the new owner has CREATE on the schema."""
    login = make_login()
    rows("CREATE ROLE landlord")
    rows(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" OWNER TO landlord')
    rows(f"GRANT studio_ledger TO {login}")
    rows(f"GRANT USAGE, CREATE ON SCHEMA public TO {login}")

    with pytest.raises(grants.NotAllowed, match="belongs to login_"), signed_in_as(login):
        grants.set_up(connection)


def test_set_up_works_after_a_change_of_owner(studio_roles: None) -> None:
    hand_over(login := make_login("CREATEROLE"))

    grants.set_up(connection)
    assert names() == []
    assert value("SELECT pg_has_role(%s, 'studio_ledger', 'USAGE')", login)
