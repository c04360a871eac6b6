"""A live product's database, before the site comes to it, in the server of the other tests."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from studio.database import embedded
from tests.attach.live import Live, create, drop, roles_of

# Of the product, and of ours.
PRODUCT_ROLES = {
    "anon": "NOLOGIN",
    "authenticated": "NOLOGIN",
    "service_role": "NOLOGIN BYPASSRLS",
}


@pytest.fixture(scope="session")
def server() -> str:
    return settings.DATABASE_URL or embedded.url(settings.DATA_DIR)


@pytest.fixture(scope="package")
def product_roles(server: str) -> Iterator[None]:
    """Roles belong to the whole server: those that come up here go again."""
    with psycopg.connect(server, autocommit=True) as database:
        before = roles_of(database)
        for role in PRODUCT_ROLES.keys() - before:
            database.execute(f"CREATE ROLE {role} {PRODUCT_ROLES[role]}".encode())
        yield
        for role in sorted(roles_of(database) - before):
            # Unless another test's database needs it by now.
            with suppress(psycopg.errors.DependentObjectsStillExist):
                database.execute(f"DROP ROLE {role}".encode())


@pytest.fixture
def another_live(server: str, product_roles: None, tmp_path: Path) -> Iterator[Callable[..., Live]]:
    """Makes such databases, of so many purchases."""
    made: list[Live] = []

    def make(*, purchases: int = 20) -> Live:
        made.append(create(server, tmp_path, purchases=purchases))
        return made[-1]

    yield make
    for live in made:
        drop(server, live)


@pytest.fixture
def live(another_live: Callable[..., Live]) -> Live:
    return another_live()


@pytest.fixture(scope="module")
def attached_live(
    server: str, product_roles: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """One that was attached, for all tests of a file."""
    live = create(server, tmp_path_factory.mktemp("data"), purchases=20)
    live.attach()
    yield live
    drop(server, live)
