"""A database of each kept version, with data, is upgraded to today's version by one command.

Each dump was written by PostgreSQL 15, from a database that the code of its commit migrated. The
name says the newest migrations of the version. A new release adds a dump.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.archive.conftest import empty, using
from tests.attach.foreign_database import ForeignDatabase, drop
from tests.upgrade.test_upgrade import create

__all__ = ["empty"]

VERSIONS = sorted((Path(__file__).parent / "versions").glob("*.sql.xz"))
LEDGER = """
    SELECT id, org_id, purchase_id, kind, delta, sessions_used, reverses_id, occurred_at
    FROM session_events ORDER BY id
"""
PURCHASES = "SELECT id, client_id, sessions_total, sessions_used, expires_at FROM client_purchases"
CLIENTS = "SELECT id, full_name, email, phone FROM clients"
ACCOUNTS = "SELECT id, username, password FROM studio_user"


def kept(database: ForeignDatabase) -> list[list[tuple[Any, ...]]]:
    """Return what no upgrade changes."""
    return [
        database.rows(LEDGER),
        *(sorted(database.rows(q)) for q in (PURCHASES, CLIENTS, ACCOUNTS)),
    ]


@pytest.fixture(params=VERSIONS, ids=[file.name.partition(".")[0] for file in VERSIONS])
def version(
    empty: dict[str, str], server: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[ForeignDatabase]:
    """A database of the version, which Django uses."""
    made = create(server, tmp_path, lzma.decompress(request.param.read_bytes()))
    with using(made.name):
        yield made
    drop(server, made)


@pytest.mark.slow
def test_it_is_upgraded_with_its_data(version: ForeignDatabase) -> None:
    before = kept(version)
    has_seals = version.value("SELECT to_regclass('public.seals') IS NOT NULL")
    number = version.value("SELECT count(*) FROM seals") if has_seals else 0
    out = StringIO()

    call_command("upgrade", no_static=True, stdout=out, stderr=out)
    call_command("check_ledger", seals=True, stdout=out)

    assert "The upgrade is done." in out.getvalue()
    assert kept(version) == before
    assert all(before)
    assert f"All is well: {number:,} seal" in out.getvalue()
    assert version.value("SELECT bool_and(use_session(id)) FROM client_purchases") is True


def test_there_is_a_dump_of_each_kept_version() -> None:
    """The name of a dump has the newest migration of each app, which are still there."""
    names = {(app, name[:4]) for app, name in MigrationLoader(None).disk_migrations}
    found = [file.name.partition(".")[0].split("_") for file in VERSIONS]
    assert len(found) >= 3
    for _, purchases, studio in found:
        assert ("purchases", purchases) in names
        assert ("studio", studio) in names
