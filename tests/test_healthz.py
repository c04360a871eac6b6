"""/healthz tells a load balancer whether the site can reach its database."""

import json

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.database import rows
from tests.processes import NO_DATABASE, run_python

HEALTHZ = reverse("healthz")
REQUEST_HEALTHZ = """
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
def test_healthz_is_200_without_a_sign_in() -> None:
    response = Client().get(HEALTHZ)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == {"database": "ok"}


@pytest.mark.django_db
def test_healthz_takes_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        Client().get(HEALTHZ)


@pytest.mark.django_db
def test_healthz_is_503_if_the_database_is_read_only() -> None:
    with transaction.atomic():
        rows("SET TRANSACTION READ ONLY")
        response = Client().get(HEALTHZ)
        transaction.set_rollback(True)

    assert (response.status_code, response.json()) == (503, {"database": "read-only"})


def test_healthz_is_503_if_the_database_is_unreachable() -> None:
    finished = run_python(
        "-c",
        REQUEST_HEALTHZ,
        DJANGO_SETTINGS_MODULE="studio.settings",
        SECRET_KEY="only-for-this-test",
        HTTPS="False",
        DATABASE_URL=NO_DATABASE,
    )

    assert finished.returncode == 0, finished.stderr
    head, body = finished.stdout.splitlines()
    assert head == "503 | application/json | no-store, private"
    assert json.loads(body) == {"database": "unreachable"}
    assert "ERROR studio.database: the health check failed: the connection was lost" in (
        finished.stderr
    )
