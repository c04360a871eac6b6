"""A PostgreSQL 15 server with a small sound database, and copies of it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.database.backup import programs
from tests.attach.foreign_database import ForeignDatabase
from tests.outages.replicas import BINARIES, primary
from tests.seals.sealing import SEAL_NOW

NO_ORG = "00000000-0000-0000-0000-000000000000"
# The data of two studios, and then changes by the functions that every program calls.
HISTORY = """
    INSERT INTO orgs (name, slug) VALUES ('North', 'north'), ('South', 'south');
    INSERT INTO clients (org_id, full_name, email)
        SELECT orgs.id, 'Ana Ruiz ' || number, 'ana@example.com'
        FROM orgs, generate_series(1, 5) AS number;
    INSERT INTO offers (org_id, name, offer_type, price_cents)
        SELECT id, 'Ten classes', 'session_pack', 20000 FROM orgs;
    INSERT INTO client_purchases
        (org_id, client_id, offer_id, amount_paid_cents, sessions_total, sessions_used)
        SELECT clients.org_id, clients.id, offers.id, 20000, 10, 3
        FROM clients JOIN offers ON offers.org_id = clients.org_id;
"""
MORE = """
    SELECT use_session(id), release_session(id), use_session(id) FROM client_purchases;
    UPDATE client_purchases SET expires_at = now() + interval '30 days', sessions_total = 12;
    UPDATE clients SET phone = '0412 345 678';
    UPDATE offers SET price_cents = 22000;
    DELETE FROM client_purchases WHERE id = (SELECT id FROM client_purchases ORDER BY id LIMIT 1);
"""


@contextmanager
def fifteen(parent: Path) -> Iterator[ForeignDatabase]:
    """A migrated database with events and seals, on a server that can replicate."""
    with primary(parent) as server:
        server.set("wal_level", "logical")
        server.stop()
        server.start()
        made = ForeignDatabase("postgres", server.url, parent)
        migrated = made.manage("migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr
        add_history(made)
        yield made


def add_history(database: ForeignDatabase) -> None:
    database.rows(HISTORY)
    database.rows(MORE)
    ends_at = database.value("SELECT clock_timestamp()")
    assert database.value(SEAL_NOW, ends_at, NO_ORG) >= 2


def psql(target: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run psql of the newer server, and stop at the first error."""
    program = str(programs.find("psql", 18))
    return programs.run(
        [program, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *arguments, target]
    )


def dump_of_fifteen(database: ForeignDatabase, file: Path, *arguments: str) -> Path:
    """Write a dump as SQL with the programs of the older server, as they have to be used."""
    command = [str(BINARIES / "pg_dump"), "--no-owner", *arguments, f"--file={file}", database.url]
    done = programs.run(command)
    assert done.returncode == 0, done.stderr
    return file
