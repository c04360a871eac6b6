"""SIGHUP replaces the workers of granian one by one, while 4 writers send actions on connections of
their own. No request fails, as after `systemctl reload studio`."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest

from tests.database import PATIENCE, wait_until
from tests.outages.postgres import Postgres
from tests.outages.site import Person, Site, running_site
from tests.outages.test_crash import answered, recorded
from tests.outages.writers import Writer

WRITERS = 4
RELOADS = int(os.environ.get("RELOADS") or 1)


# A connection that waits for a worker that ends goes to the other worker, and is not reset.
MIGRATE = Path("/proc/sys/net/ipv4/tcp_migrate_req")


@pytest.fixture
def migrated_connections() -> Iterator[None]:
    """Set what the deployment guide sets, for the time of the test."""
    try:
        before = MIGRATE.read_text()
        MIGRATE.write_text("1")
    except OSError:
        pytest.skip("only root can set net.ipv4.tcp_migrate_req, on Linux 5.14 or later")
    yield
    MIGRATE.write_text(before)


def is_reloaded(site: Site, old: set[int]) -> bool:
    return len(site.workers) == 2 and not old & site.workers


@pytest.mark.usefixtures("migrated_connections")
def test_a_reload_fails_no_request(
    postgres: Postgres, studio: dict[str, Any], collected: Path
) -> None:
    url = postgres.url.replace("postgres@", "studio_app@")
    before = recorded(postgres)
    with running_site(url, collected, workers=2) as site:
        writers = [
            Writer(Person(site, studio["cookies"]), UUID(studio["packs"][n % 4]))
            for n in range(WRITERS)
        ]
        stop = Event()
        threads = [writer.start(stop) for writer in writers]
        try:
            for _ in range(RELOADS):
                old, actions = site.workers, len(answered(writers))
                has_new_workers = partial(is_reloaded, site, old)
                os.kill(site.pid, signal.SIGHUP)
                wait_until(has_new_workers, "a worker was not replaced")
                assert len(answered(writers)) > actions
        finally:
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
    # A writer ends with an error at the first request that gets no answer.
    assert [writer.error for writer in writers] == [None] * WRITERS
    assert [writer.repeated for writer in writers] == [set()] * WRITERS, "answered with 503"
    assert recorded(postgres) == before | answered(writers)
