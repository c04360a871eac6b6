"""Attach on Debian's PostgreSQL 15, with ids from uuid-ossp and a login without superuser.

The tests compare schemas by pg_dump.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.attach.conftest import PRODUCT_ROLES
from tests.attach.foreign_database import ForeignDatabase, comparable, create, drop
from tests.attach.visit import visit

BINARIES = Path("/usr/lib/postgresql/15/bin")
PORT = 5482
UUID_OSSP = """
CREATE SCHEMA extensions;
CREATE EXTENSION "uuid-ossp" SCHEMA extensions;
ALTER TABLE orgs ALTER COLUMN id SET DEFAULT extensions.uuid_generate_v4();
ALTER TABLE clients ALTER COLUMN id SET DEFAULT extensions.uuid_generate_v4();
ALTER TABLE offers ALTER COLUMN id SET DEFAULT extensions.uuid_generate_v4();
ALTER TABLE client_purchases ALTER COLUMN id SET DEFAULT extensions.uuid_generate_v4();
"""

pytestmark = pytest.mark.skipif(
    not (BINARIES / "initdb").exists(), reason="no PostgreSQL 15 from Debian on this machine"
)


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A separate server that listens on a Unix socket only."""
    folder = tmp_path_factory.mktemp("debian")
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
        for parent in list(folder.parents)[:-2]:
            parent.chmod(0o755)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [BINARIES / program, *arguments], user=user, cwd=folder, check=True, capture_output=True
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-c fsync=off -c listen_addresses= -k {folder} -p {PORT}"
    run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        url = f"host={folder} port={PORT} user=postgres dbname=postgres"
        with psycopg.connect(url, autocommit=True) as database:
            for role, powers in PRODUCT_ROLES.items():
                database.execute(f"CREATE ROLE {role} {powers}".encode())
            database.execute("CREATE ROLE owner LOGIN CREATEROLE")
        yield url
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")


@pytest.fixture
def foreign(debian: str, tmp_path: Path) -> Iterator[ForeignDatabase]:
    foreign = create(debian, tmp_path, purchases=50)
    foreign.rows(UUID_OSSP)
    yield foreign
    drop(debian, foreign)


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ("pg_attver=41038688", ""),
        (
            "pg_attver=41038688, n_distinct=5",
            "ALTER TABLE t ALTER COLUMN c SET (n_distinct=5);\n\n",
        ),
        (
            "n_distinct=5, pg_attver=41038688",
            "ALTER TABLE t ALTER COLUMN c SET (n_distinct=5);\n\n",
        ),
    ],
)
def test_the_version_of_a_column_is_left_out_and_other_options_are_compared(
    options: str, left: str
) -> None:
    dump = f"CREATE TABLE t ();\n\nALTER TABLE t ALTER COLUMN c SET ({options});\n\n--\n"

    assert comparable(dump) == f"CREATE TABLE t ();\n\n{left}--\n"


def owned(foreign: ForeignDatabase) -> ForeignDatabase:
    """Return the database for a login that owns the tables, but neither database nor functions."""
    foreign.rows(
        "GRANT CREATE ON SCHEMA public TO owner; GRANT USAGE ON SCHEMA extensions TO owner"
    )
    for table in ("orgs", "clients", "offers", "client_purchases", "bookings"):
        foreign.rows(f"ALTER TABLE {table} OWNER TO owner")
    return ForeignDatabase(foreign.name, foreign.as_role("owner"), foreign.folder)


def test_site_runs_and_no_row_was_changed(foreign: ForeignDatabase) -> None:
    before = foreign.fingerprint()

    output = foreign.attach()
    assert "orgs.id has the default extensions.uuid_generate_v4(); it stays" in output
    assert foreign.fingerprint() == before
    assert visit(foreign) == {"list": 200, "answer": 200, "before": 2, "after": 1}
    assert foreign.manage("check", "--database", "default").returncode == 0


def test_killed_and_repeated_attach_gives_the_same_dump(
    foreign: ForeignDatabase, debian: str
) -> None:
    uninterrupted = create(debian, foreign.folder, purchases=50)
    try:
        uninterrupted.rows(UUID_OSSP)
        uninterrupted.attach()
        for step in (
            "admin.0001_initial",
            "purchases.0003_client_search_terms",
            "purchases.0011_expiry_events",
        ):
            foreign.attach_and_kill_at(step)
        foreign.attach()
        assert foreign.dump() == uninterrupted.dump()
        foreign.attach()
        assert foreign.dump() == uninterrupted.dump()
    finally:
        drop(debian, uninterrupted)


def test_functions_of_a_superuser_are_refused(foreign: ForeignDatabase) -> None:
    assert owned(foreign).refusals() == [
        f"{name}(uuid) belongs to postgres, and only its owner may drop it: connect as postgres, "
        f"or as postgres DROP FUNCTION public.{name}(uuid)"
        for name in ("release_session", "use_session")
    ]


def test_database_owner_attaches_without_superuser(foreign: ForeignDatabase) -> None:
    login = owned(foreign)
    foreign.rows(f"ALTER DATABASE {foreign.name} OWNER TO owner")
    before = foreign.fingerprint()

    login.attach()
    assert foreign.fingerprint() == before
    checked = login.manage("check", "--database", "default")
    assert checked.returncode == 0, checked.stderr
    # The foreign database gives rights to other roles, which the check names.
    found = set(re.findall(r"\(studio\.\w+\)", checked.stderr))
    assert found == {"(studio.W003)", "(studio.W005)"}
    assert visit(foreign) == {"list": 200, "answer": 200, "before": 2, "after": 1}


def test_similar_words_are_found_where_pg_trgm_is_installed(foreign: ForeignDatabase) -> None:
    foreign.attach()
    foreign.rows("INSERT INTO clients (org_id, full_name) SELECT id, 'Quixanne Vorn' FROM orgs")
    similar = "SELECT similar_words(id, 'quixxan') FROM orgs"

    assert foreign.rows(similar) == []
    foreign.rows("CREATE EXTENSION pg_trgm SCHEMA extensions")
    assert {word for (word,) in foreign.rows(similar)} == {"quixanne"}
