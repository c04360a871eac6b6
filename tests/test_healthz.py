"""/healthz tells machines whether the site can do its work."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.processes import NO_DATABASE, run_python

HEALTHZ = reverse("healthz")
ASK = """
import django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
response = Client().get("/healthz")
print(response.status_code, response["Content-Type"], response["Cache-Control"], sep=" | ")
print(response.content.decode())
"""


@pytest.mark.django_db
def test_it_answers_200_without_a_sign_in() -> None:
    response = Client().get(HEALTHZ)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == {"database": "ok"}


@pytest.mark.django_db
def test_it_asks_the_database_and_no_more_than_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        Client().get(HEALTHZ)


def test_it_answers_503_where_no_database_can_be_reached() -> None:
    asked = run_python(
        "-c",
        ASK,
        DJANGO_SETTINGS_MODULE="studio.settings",
        SECRET_KEY="only-for-this-test",
        HTTPS="False",
        DATABASE_URL=NO_DATABASE,
    )

    assert asked.returncode == 0, asked.stderr
    head, body = asked.stdout.splitlines()
    assert head == "503 | application/json | no-store, private"
    assert json.loads(body) == {"database": "unreachable"}
