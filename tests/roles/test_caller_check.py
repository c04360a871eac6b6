"""The signed-in people of another program's app may call the functions if its check function allows
it. Without such a function `authenticated` may not, and `anon` never may."""

import json
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection
from pytest_django import Settings

from purchases.models import Org, Purchase, SessionEvent
from studio.database import grants
from tests.database import acting_as, rows, value
from tests.factories import make_purchase
from tests.purchase_kinds import used

CHECK = """
    CREATE FUNCTION app.works_at(org_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$
        SELECT EXISTS (
            SELECT FROM app.workers AS worker
            WHERE worker.org_id = $1 AND worker.person =
                (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
        )
    $$
"""


@pytest.fixture
def app(other_programs: None, northside: Org) -> None:
    """An app with a table of its workers: Zoe works at Northside."""
    rows("CREATE SCHEMA app")
    rows("CREATE TABLE app.workers (person text, org_id uuid)")
    rows("INSERT INTO app.workers VALUES ('zoe', %s)", northside.pk)
    rows(CHECK)


@pytest.fixture
def named(app: None, settings: Settings) -> None:
    settings.FUNCTION_ROLES = ["service_role", "authenticated"]
    settings.CALLER_CHECK = "app.works_at"
    grants.set_up(connection)
    assert grants.differences(connection) == []


def call(function: str, pack: Purchase, person: str | None) -> Any:
    """Call a function as PostgREST does for a signed-in person."""
    claims = json.dumps({"sub": person, "role": "authenticated"}) if person else ""
    with acting_as("authenticated"):
        rows("SELECT set_config('request.jwt.claims', %s, true)", claims)
        return value(f"SELECT public.{function}(%s)", pack.pk)


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("function", "answer", "after", "kind"),
    [("release_session", 2, 2, "reinstated"), ("use_session", True, 4, "used")],
)
def test_a_person_whom_the_check_allows_changes_a_count(
    northside: Org, function: str, answer: Any, after: int, kind: str
) -> None:
    pack = make_purchase(org=northside, total=10, used=3)

    assert call(function, pack, "zoe") == answer
    assert used(pack) == after
    event = SessionEvent.objects.get(purchase=pack, kind=kind)
    assert event.db_role == "authenticated for zoe", "the subject is a claim"
    assert event.request_id is None


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("function", ["release_session", "use_session"])
@pytest.mark.parametrize("person", ["a client", None])
def test_another_person_is_refused(northside: Org, function: str, person: str | None) -> None:
    pack = make_purchase(org=northside, total=10, used=3)

    with pytest.raises(ProgrammingError) as refused:
        call(function, pack, person)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert used(pack) == 3


@pytest.mark.usefixtures("named")
def test_a_person_of_one_studio_is_refused_at_another(southside: Org) -> None:
    pack = make_purchase(org=southside, total=10, used=3)
    with pytest.raises(ProgrammingError):
        call("release_session", pack, "zoe")
    assert used(pack) == 3


@pytest.mark.usefixtures("named")
def test_other_callers_need_no_claims(northside: Org) -> None:
    pack = make_purchase(org=northside, total=10, used=3)
    with acting_as("service_role"):
        assert value("SELECT public.release_session(%s)", pack.pk) == 2
    with pytest.raises(ProgrammingError), acting_as("anon"):
        value("SELECT public.release_session(%s)", pack.pk)


@pytest.mark.usefixtures("app")
def test_a_right_to_execute_is_not_enough(northside: Org) -> None:
    """The trigger refuses the role without a check function, even if somebody granted EXECUTE."""
    grants.set_up(connection)
    rows("GRANT EXECUTE ON FUNCTION public.release_session(uuid) TO authenticated")
    pack = make_purchase(org=northside, total=10, used=3)
    with pytest.raises(ProgrammingError):
        call("release_session", pack, "zoe")


def test_without_the_setting_the_check_is_dropped(named: None, settings: Settings) -> None:
    settings.FUNCTION_ROLES, settings.CALLER_CHECK = ["service_role"], ""
    assert [each.name for each in grants.differences(connection)] == [
        "authenticated may EXECUTE release_session(uuid)",
        "authenticated may EXECUTE use_session(uuid)",
        "caller_may_change(uuid) exists, and FUNCTION_ROLES names no check function",
    ]
    grants.set_up(connection)
    assert grants.differences(connection) == []
    assert value("SELECT to_regprocedure('public.caller_may_change(uuid)')") is None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("DROP FUNCTION app.works_at(uuid)", "this database has no function app.works_at"),
        (
            "DROP FUNCTION app.works_at(uuid); CREATE FUNCTION app.works_at(uuid) RETURNS int"
            " LANGUAGE sql AS 'SELECT 1'",
            "returns integer, and must return boolean",
        ),
        ("ALTER FUNCTION app.works_at(uuid) SECURITY INVOKER", "needs its owner's rights"),
        ("ALTER FUNCTION app.works_at(uuid) RESET search_path", "a search_path that no caller"),
        ("ALTER FUNCTION app.works_at(uuid) OWNER TO authenticated", "could change it"),
    ],
)
def test_an_unsound_check_is_refused(settings: Settings, change: str, text: str) -> None:
    settings.FUNCTION_ROLES, settings.CALLER_CHECK = ["authenticated"], "app.works_at"
    rows("GRANT CREATE ON SCHEMA app TO authenticated")
    rows(change)
    with pytest.raises(ImproperlyConfigured, match=text):
        grants.set_up(connection)
