"""The site in processes of its own: on the test database through a proxy that can cut the line, and
on a PostgreSQL of its own that can be killed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.outages.postgres import Postgres, own_postgres
from tests.outages.proxy import Proxy, proxy_to
from tests.outages.site import Site, database_url, running_site
from tests.processes import manage, run_python


@pytest.fixture(scope="session")
def proxy(login: dict[str, str]) -> Iterator[Proxy]:
    with proxy_to(login["host"], int(login["port"])) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def site(proxy: Proxy, login: dict[str, str], collected: Path) -> Iterator[Site]:
    """On the test database, through the proxy."""
    with running_site(behind(proxy, login), collected) as site:
        yield site


def behind(proxy: Proxy, login: dict[str, str]) -> str:
    return database_url(login, host="127.0.0.1", port=str(proxy.port))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with own_postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        for command in ("migrate", "setup_roles"):
            done = manage(command, DATABASE_URL=postgres.url, SECRET_KEY=settings.SECRET_KEY)
            assert done.returncode == 0, done.stderr
        yield postgres


@pytest.fixture(scope="session")
def studio(postgres: Postgres) -> dict[str, Any]:
    """The packs, and the cookies of somebody who may change them."""
    done = run_python(
        "-m",
        "tests.outages.populate",
        DATABASE_URL=postgres.url,
        SECRET_KEY=settings.SECRET_KEY,
        HTTPS="False",
        DJANGO_SETTINGS_MODULE="studio.settings",
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def own_site(postgres: Postgres, collected: Path) -> Iterator[Site]:
    """On the PostgreSQL of its own, as studio_app, and as many processes as `make run` starts."""
    url = postgres.url.replace("postgres@", "studio_app@")
    with running_site(url, collected, workers=2) as site:
        yield site
