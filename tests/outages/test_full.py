"""Every connection of PostgreSQL is taken, or its disk is full. The site is back at once."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.outages.conftest import migrate
from tests.outages.populated import populated
from tests.outages.replicas import BINARIES, Replica, primary
from tests.outages.site import Person, Site, form_for, forms_on, running_site
from tests.outages.test_replicas import as_web, press, uses
from tests.pages import words_on

pytestmark = pytest.mark.skipif(
    not (BINARIES / "initdb").exists(), reason="no PostgreSQL 15 from Debian on this machine"
)

SIZE = "600m"
LONGEST = 8.0


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system of its own, which only the administrator can mount."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine may not mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


@pytest.fixture(scope="module")
def server(disk: Path) -> Iterator[Replica]:
    with primary(disk) as server:
        migrate(server.url)
        yield server


@pytest.fixture(scope="module")
def studio(server: Replica) -> dict[str, Any]:
    return populated(server.url)


def test_every_connection_is_taken(
    server: Replica, studio: dict[str, Any], collected: Path
) -> None:
    pack = UUID(studio["packs"][0])
    before = uses(server.url, pack)
    with running_site(as_web(server.url), collected) as site:
        person = Person(site, studio["cookies"])
        page = person.get()
        with psycopg.connect(server.url, autocommit=True) as superuser, ExitStack() as taken:
            superuser.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE usename = 'studio_app'"
            )
            with suppress(psycopg.OperationalError):
                while True:
                    taken.enter_context(psycopg.connect(as_web(server.url)))
            unconfirmed = press(person, form_for(page, "use", pack))
            refused = person.get()
            assert refused.status_code == 503
            assert "The database does not answer." in words_on(refused)
            assert site.healthz() == (503, {"database": "unreachable"})
        assert site.healthz() == (200, {"database": "ok"})
        assert person.submit(forms_on(unconfirmed)[0]).status_code == 200
        assert uses(server.url, pack) == before + 1


@pytest.mark.skipif(
    not os.environ.get("FULL_DISK"), reason="slow and uneven: run it with FULL_DISK=yes"
)
def test_a_full_disk(server: Replica, studio: dict[str, Any], disk: Path, collected: Path) -> None:
    pack = UUID(studio["packs"][0])
    with running_site(as_web(server.url), collected) as site:
        person = Person(site, studio["cookies"])
        page = person.get()
        with psycopg.connect(server.url, autocommit=True) as database:
            database.execute("CHECKPOINT")
        full = fill(disk)
        until = time.monotonic() + 60
        while page.status_code == 200:
            assert time.monotonic() < until, "the free pages of the tables are used up at last"
            before = time.monotonic()
            page = person.submit(form_for(page, "use", pack))
            assert time.monotonic() - before < LONGEST
        assert page.status_code == 503
        full.unlink()

        back(site)
        assert person.submit(forms_on(page)[0]).status_code == 200


def fill(disk: Path) -> Path:
    """Write a file until the disk is full."""
    path = disk / "full"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return path


def back(site: Site) -> None:
    started = time.monotonic()
    while site.healthz()[0] != 200:
        assert time.monotonic() - started < LONGEST
        time.sleep(0.1)
