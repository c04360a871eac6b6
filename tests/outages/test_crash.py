"""Kill PostgreSQL repeatedly while 8 writers send actions. The site recovers without a restart."""

import time
from random import Random
from threading import Event
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings

from tests.database import PATIENCE
from tests.outages.postgres import Postgres
from tests.outages.site import Person, Site, form_for, forms_on
from tests.outages.writers import UNCONFIRMED, Writer
from tests.pages import words_on
from tests.processes import manage
from tests.thorough import times

WRITERS = 8
CYCLES = times(4, thorough=10)
ACTIONS = 40  # acknowledged between one kill and the next


def test_acknowledged_actions_survive_and_the_site_recovers(
    own_site: Site, postgres: Postgres, studio: dict[str, Any]
) -> None:
    rng = Random(7)
    packs = [UUID(pack) for pack in studio["packs"]]
    writers = [
        Writer(Person(own_site, studio["cookies"]), packs[n % len(packs)]) for n in range(WRITERS)
    ]
    visitor = Person(own_site, studio["cookies"])
    page = visitor.get()
    processes = own_site.workers
    stop = Event()
    threads = [writer.start(stop) for writer in writers]
    try:
        for _ in range(CYCLES):
            wait_for_actions(writers, answered(writers).keys())
            time.sleep(rng.uniform(0, 0.05))
            postgres.kill()
            acknowledged = answered(writers)

            error_page = visitor.get()
            assert error_page.status_code == 503
            assert "The database does not answer." in words_on(error_page)
            unconfirmed = visitor.submit(form_for(page, "use", packs[0]))
            assert unconfirmed.status_code == 503
            assert UNCONFIRMED in words_on(unconfirmed)
            assert own_site.healthz() == (503, {"database": "unreachable"})

            postgres.restart()
            stored = recorded(postgres)
            assert {key: stored.get(key) for key in acknowledged} == acknowledged
            (retry,) = forms_on(unconfirmed)
            page = visitor.submit(retry)
            assert page.status_code == 200
            assert own_site.healthz() == (200, {"database": "ok"})
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert [writer.error for writer in writers] == [None] * WRITERS
    assert own_site.workers == processes, "no worker was restarted"
    stored = recorded(postgres)
    assert {key: stored.get(key) for key in answered(writers)} == answered(writers)
    assert len(stored) == len(answered(writers)) + CYCLES, "each action has one event"
    checked = manage("check_ledger", DATABASE_URL=postgres.url, SECRET_KEY=settings.SECRET_KEY)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert len(set().union(*(writer.repeated for writer in writers))) >= CYCLES


def answered(writers: list[Writer]) -> dict[str, int]:
    """Return each acknowledged request id with the count in its response."""
    return {key: count for writer in writers for key, count in list(writer.answered.items())}


def wait_for_actions(writers: list[Writer], before: Any) -> None:
    goal = len(before) + ACTIONS
    deadline = time.monotonic() + PATIENCE
    while len(answered(writers)) < goal:
        assert time.monotonic() < deadline, [writer.error for writer in writers]
        time.sleep(0.01)


def recorded(postgres: Postgres) -> dict[str, int]:
    return recorded_at(postgres.url)


def recorded_at(url: str) -> dict[str, int]:
    """Return each request id in the ledger with the count after it."""
    query = (
        "SELECT request_id::text, sessions_used FROM session_events WHERE request_id IS NOT NULL"
    )
    with psycopg.connect(url) as connection:
        return dict(connection.execute(query).fetchall())
