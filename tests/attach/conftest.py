"""Fixtures: the database of a live product before attaching, on the server of the other tests."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from studio.database import embedded
from tests.attach.foreign_database import ForeignDatabase, create, drop, roles_of

# The roles that the product's database expects.
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
    """Create the product's roles, and drop all new roles afterwards. Roles belong to the server."""
    with psycopg.connect(server, autocommit=True) as database:
        before = roles_of(database)
        for role in PRODUCT_ROLES.keys() - before:
            database.execute(f"CREATE ROLE {role} {PRODUCT_ROLES[role]}".encode())
        yield
        for role in sorted(roles_of(database) - before):
            # Another test's database may depend on the role.
            with suppress(psycopg.errors.DependentObjectsStillExist):
                database.execute(f"DROP ROLE {role}".encode())


@pytest.fixture
def another_foreign(
    server: str, product_roles: None, tmp_path: Path
) -> Iterator[Callable[..., ForeignDatabase]]:
    """A function that creates foreign databases with a number of purchases."""
    databases: list[ForeignDatabase] = []

    def make(*, purchases: int = 20) -> ForeignDatabase:
        databases.append(create(server, tmp_path, purchases=purchases))
        return databases[-1]

    yield make
    for foreign in databases:
        drop(server, foreign)


@pytest.fixture
def foreign(another_foreign: Callable[..., ForeignDatabase]) -> ForeignDatabase:
    return another_foreign()


@pytest.fixture(scope="module")
def attached_foreign(
    server: str, product_roles: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ForeignDatabase]:
    """An attached database for all tests of a module."""
    foreign = create(server, tmp_path_factory.mktemp("data"), purchases=20)
    foreign.attach()
    yield foreign
    drop(server, foreign)
