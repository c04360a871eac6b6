"""A site of its own for these tests, with something between it and the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.outages.proxy import Proxy, proxy_to
from tests.outages.site import APPLICATION, Site, database_url, running_site
from tests.processes import manage


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the static files are, as pages need them outside of tests."""
    data_dir = tmp_path_factory.mktemp("site")
    done = manage("collectstatic", "--no-input", SECRET_KEY="x" * 50, STUDIO_DATA_DIR=str(data_dir))
    assert done.returncode == 0, done.stderr
    return data_dir


@pytest.fixture(scope="session")
def login(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """How to connect to the test database."""
    with django_db_blocker.unblock():
        connection.ensure_connection()
        info = connection.connection.info
        return {
            "host": info.host,
            "port": str(info.port),
            "user": info.user,
            "password": info.password,
            "dbname": info.dbname,
        }


@pytest.fixture(scope="session")
def proxy(login: dict[str, str]) -> Iterator[Proxy]:
    with proxy_to(login["host"], int(login["port"])) as proxy:
        yield proxy


def behind(proxy: Proxy, login: dict[str, str]) -> str:
    return database_url(login, host="127.0.0.1", port=str(proxy.port))


@pytest.fixture(scope="module")
def site(proxy: Proxy, login: dict[str, str], collected: Path) -> Iterator[Site]:
    with running_site(behind(proxy, login), collected, application=APPLICATION) as site:
        yield site
