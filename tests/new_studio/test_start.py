"""`make start` prints a link to begin, and `make run` says what it serves."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from studio import serve
from studio.management.commands import demo
from studio.models import User
from tests.factories import make_org
from tests.new_studio.first_page import PAGE, data_dir

__all__ = ["data_dir"]  # a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the connection, in whose transaction the test runs."""
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)


@pytest.fixture
def with_demo(settings: Settings) -> None:
    northside = make_org(name="Northside Pilates")
    type(northside).objects.filter(pk=northside.pk).update(id=demo.demo_ids()[0])


def test_make_start_prints_a_link_that_opens_the_first_page() -> None:
    text = serve.what_to_do(is_demo=False).format(host="127.0.0.1", port="8000")

    [link] = [line.strip() for line in text.splitlines() if "http://" in line]
    path = link.removeprefix("http://127.0.0.1:8000")
    assert Client().get(path)["Location"] == PAGE
    assert serve.what_to_do(is_demo=False).format(host="127.0.0.1", port="8000") == text


def test_make_start_prints_no_link_once_there_is_an_owner(olivia: User) -> None:
    assert serve.what_to_do(is_demo=False) == ""


def test_make_start_refuses_the_data_of_the_demo(with_demo: None) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"has the demo studio.*STUDIO_DATA_DIR="):
        serve.what_to_do(is_demo=False)


def test_make_run_names_the_accounts_of_the_demo(with_demo: None) -> None:
    assert "The password of each is studio-demo." in serve.what_to_do(is_demo=True)


def test_make_run_with_a_named_database_says_what_to_do(settings: Settings) -> None:
    settings.DATABASE_URL = "postgresql:///studio"

    text = serve.what_to_do(is_demo=True)

    assert "the embedded database only" in text
    assert "make start" in text
    assert "create_studio" in text
    assert "studio-demo" not in text


def test_make_run_on_the_data_of_a_real_studio_names_no_account(
    settings: Settings, olivia: User
) -> None:
    settings.DATABASE_URL = ""
    assert serve.what_to_do(is_demo=True) == ""
