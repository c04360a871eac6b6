"""PostgreSQL is killed under 8 writers, again and again, and the site lives on."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Event
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings

from tests.database import PATIENCE
from tests.outages.postgres import Postgres, own_postgres
from tests.outages.site import Person, Site, form_for, forms_on, running_site
from tests.outages.writers import UNCONFIRMED, Writer
from tests.pages import words_on
from tests.processes import manage, run_python

WRITERS = 8
CYCLES = 10
PRESSES = 40  # answered between one kill and the next


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with own_postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        for command in ("migrate", "setup_roles"):
            done = manage(command, DATABASE_URL=postgres.url, SECRET_KEY=settings.SECRET_KEY)
            assert done.returncode == 0, done.stderr
        yield postgres


@pytest.fixture(scope="module")
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


@pytest.fixture
def site(postgres: Postgres, collected: Path) -> Iterator[Site]:
    url = postgres.url.replace("postgres@", "studio_app@")
    with running_site(url, collected, workers=2) as site:
        yield site


def test_nothing_acknowledged_is_lost_and_the_site_comes_back_by_itself(
    site: Site, postgres: Postgres, studio: dict[str, Any], record_property: Any
) -> None:
    chance = Random(7)
    packs = [UUID(pack) for pack in studio["packs"]]
    writers = [
        Writer(Person(site, studio["cookies"]), packs[n % len(packs)]) for n in range(WRITERS)
    ]
    visitor = Person(site, studio["cookies"])
    page = visitor.get()
    processes = site.workers
    stop = Event()
    threads = [writer.start(stop) for writer in writers]
    try:
        for _ in range(CYCLES):
            wait_for_presses(writers, answered(writers).keys())
            time.sleep(chance.uniform(0, 0.05))
            postgres.kill()
            acknowledged = answered(writers)

            away = visitor.get()
            assert away.status_code == 503
            assert "The database does not answer." in words_on(away)
            unconfirmed = visitor.press(form_for(page, "use", packs[0]))
            assert unconfirmed.status_code == 503
            assert UNCONFIRMED in words_on(unconfirmed)
            assert site.healthz() == (503, {"database": "unreachable"})

            postgres.start_again()
            kept = recorded(postgres)
            assert {key: kept.get(key) for key in acknowledged} == acknowledged
            (again,) = forms_on(unconfirmed)
            page = visitor.press(again)
            assert page.status_code == 200
            assert site.healthz() == (200, {"database": "ok"})
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert [writer.error for writer in writers] == [None] * WRITERS
    assert site.workers == processes, "no process of the site was started anew"
    kept = recorded(postgres)
    assert {key: kept.get(key) for key in answered(writers)} == answered(writers)
    assert len(kept) == len(answered(writers)) + CYCLES, "a press counts once, and only a press"
    checked = manage("check_ledger", DATABASE_URL=postgres.url, SECRET_KEY=settings.SECRET_KEY)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert len(set().union(*(writer.repeated for writer in writers))) >= CYCLES


def answered(writers: list[Writer]) -> dict[str, int]:
    """Each press that was acknowledged, with the count that it was told."""
    return {key: count for writer in writers for key, count in list(writer.answered.items())}


def wait_for_presses(writers: list[Writer], before: Any) -> None:
    goal = len(before) + PRESSES
    deadline = time.monotonic() + PATIENCE
    while len(answered(writers)) < goal:
        assert time.monotonic() < deadline, [writer.error for writer in writers]
        time.sleep(0.01)


def recorded(postgres: Postgres) -> dict[str, int]:
    """Each press that the ledger has, with the count after it."""
    query = (
        "SELECT request_id::text, sessions_used FROM session_events WHERE request_id IS NOT NULL"
    )
    with psycopg.connect(postgres.url) as connection:
        return dict(connection.execute(query).fetchall())
