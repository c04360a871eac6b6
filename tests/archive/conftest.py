"""Fixtures: two databases beside the one of the other tests, and the archive of a demo studio."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.archive.databases import Guards, add_seals, copy_of_empty_database, guards

SLUG = "northside-pilates"


class Imported(NamedTuple):
    """The output of an import, and the triggers and constraints before and after it."""

    database: str
    text: str
    before: Guards
    after: Guards


@pytest.fixture(scope="session")
def empty(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, login: dict[str, str]
) -> Iterator[dict[str, str]]:
    """Return the login of the server, with the test database as the template of new ones."""
    with django_db_blocker.unblock():
        yield login


@pytest.fixture(scope="module")
def source(empty: dict[str, str]) -> Iterator[str]:
    """A database with both demo studios, sealed days, and a column of another program."""
    with copy_of_empty_database(empty, "source") as name:
        with using(name):
            call_command("demo", verbosity=0)
            add_seals()
        yield name


@pytest.fixture(scope="module")
def archive(source: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("archive") / "northside.zip"
    with using(source):
        call_command("export_studio", str(file), studio=SLUG)
    return file


@pytest.fixture(scope="module")
def _untouched(empty: dict[str, str]) -> Iterator[str]:
    with copy_of_empty_database(empty, "untouched") as name:
        yield name


@pytest.fixture
def target(_untouched: str) -> Iterator[str]:
    """An empty database, which Django uses. No test leaves a row in it."""
    with using(_untouched):
        yield _untouched


@pytest.fixture(scope="module")
def _imported(empty: dict[str, str], archive: Path) -> Iterator[tuple[str, str, Guards, Guards]]:
    out = StringIO()
    with copy_of_empty_database(empty, "imported") as name:
        with using(name):
            before = guards()
            call_command("import_studio", str(archive), stdout=out, stderr=StringIO())
            after = guards()
        yield name, out.getvalue(), before, after


@pytest.fixture
def imported(_imported: tuple[str, str, Guards, Guards]) -> Iterator[Imported]:
    """A database with the imported studio, which Django uses."""
    with using(_imported[0]):
        yield Imported(*_imported)


@contextmanager
def using(name: str) -> Iterator[None]:
    """Let Django use another database of the server."""
    former = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = former
