"""Fixtures: a database to back up, its backup, and an empty database without any table."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from psycopg.conninfo import make_conninfo

from tests.archive.conftest import empty, using
from tests.archive.databases import copy_of_empty_database
from tests.backups.moves import add_history

__all__ = ["empty"]


@pytest.fixture(scope="module")
def source(empty: dict[str, str]) -> Iterator[str]:
    """A database with two studios, their ledgers and their seals."""
    with copy_of_empty_database(empty, "backup_source") as name:
        with using(name):
            add_history()
            call_command("setup_roles", verbosity=0)
        yield name


@pytest.fixture(scope="module")
def dump(source: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backups") / "studio.dump"
    with using(source):
        call_command("backup", str(file))
    return file


@pytest.fixture
def blank(empty: dict[str, str]) -> Iterator[str]:
    """A database without tables, which Django uses."""
    name = "studio_blank"
    server = make_conninfo(**empty | {"dbname": "postgres"})
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        database.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
        with using(name):
            yield name
        database.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
