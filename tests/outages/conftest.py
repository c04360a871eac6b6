"""Run the site in separate processes: on the test database through a proxy that can cut
connections, and on a separate PostgreSQL that can be killed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.outages.populated import populated
from tests.outages.postgres import Postgres, own_postgres
from tests.outages.proxy import Proxy, proxy_to
from tests.outages.site import Site, database_url, running_site
from tests.processes import manage


@pytest.fixture(scope="session")
def proxy(login: dict[str, str]) -> Iterator[Proxy]:
    with proxy_to(login["host"], int(login["port"])) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def site(proxy: Proxy, login: dict[str, str], collected: Path) -> Iterator[Site]:
    """The site on the test database, through the proxy."""
    with running_site(proxy_database_url(proxy, login), collected) as site:
        yield site


def proxy_database_url(proxy: Proxy, login: dict[str, str]) -> str:
    return database_url(login, host="127.0.0.1", port=str(proxy.port))


# Each module signs in anew, because a session ends if it is not used for a while.
@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with own_postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        migrate(postgres.url)
        yield postgres


def migrate(url: str) -> None:
    for command in ("migrate", "setup_roles"):
        result = manage(command, DATABASE_URL=url, SECRET_KEY=settings.SECRET_KEY)
        assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def studio(postgres: Postgres) -> dict[str, Any]:
    """The ids of packs, and the session cookies of a member who may change them."""
    return populated(postgres.url)


@pytest.fixture(scope="module")
def own_site(postgres: Postgres, collected: Path) -> Iterator[Site]:
    """The site on the separate PostgreSQL, as studio_app, with two workers as in `make run`."""
    url = postgres.url.replace("postgres@", "studio_app@")
    with running_site(url, collected, workers=2) as site:
        yield site
