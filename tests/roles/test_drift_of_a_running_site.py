"""The log at the start and /healthz name what another program replaced, to whoever may see it."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from studio.database import start
from studio.database.schema.replaced import replaced
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.security_log.log import Lines

# A role of another database on the server would be the owner that is looked for.
pytestmark = pytest.mark.usefixtures("no_roles")

HEALTHZ = reverse("healthz")
REPLACE = """
    CREATE OR REPLACE FUNCTION public.release_session(p_purchase_id uuid) RETURNS int
    LANGUAGE sql SECURITY DEFINER AS 'SELECT 2'
"""
DRIFTS = {
    REPLACE: "the function release_session was replaced",
    "ALTER FUNCTION public.use_session(uuid) RESET application_name": (
        "the function use_session was replaced"
    ),
    "ALTER FUNCTION public.use_session(uuid) SECURITY INVOKER": (
        "the function use_session was replaced"
    ),
    "DROP FUNCTION public.use_session(uuid)": "the function use_session is missing",
    "CREATE FUNCTION public.use_session(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'": (
        "there are 2 functions use_session"
    ),
    "DROP TRIGGER record_session_event ON public.client_purchases": (
        "the trigger record_session_event of client_purchases is missing"
    ),
    "ALTER TABLE public.client_purchases DISABLE TRIGGER record_session_event": (
        "the trigger record_session_event of client_purchases is disabled"
    ),
}


@pytest.mark.django_db
def test_nothing_is_replaced_after_migrate() -> None:
    assert replaced() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("statement", "sentence"), DRIFTS.items(), ids=DRIFTS.values())
def test_each_replaced_object_is_named(statement: str, sentence: str) -> None:
    rows(statement)
    assert replaced() == [sentence]


@pytest.mark.django_db
def test_the_log_names_it_at_the_start(site_log: Lines) -> None:
    start.warn_of_drift()
    assert site_log.lines == []
    rows(REPLACE)
    start.warn_of_drift()
    (line,) = site_log.lines
    assert "the function release_session was replaced: python manage.py repair" in line


@pytest.mark.django_db
def test_healthz_tells_only_a_superuser(
    client: Client, desk: Client, signed_in: SignIn, nora: User
) -> None:
    rows(REPLACE)
    for browser in (client, desk):
        assert browser.get(HEALTHZ).json() == {"database": "ok"}
    User.objects.filter(pk=nora.pk).update(is_staff=True, is_superuser=True)
    assert signed_in(nora).get(HEALTHZ).json() == {
        "database": "ok",
        "last_backup": None,
        "replaced": ["the function release_session was replaced"],
    }


@pytest.mark.django_db
def test_healthz_of_a_monitor_takes_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        client.get(HEALTHZ)
