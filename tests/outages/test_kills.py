"""Kill each part of the site by SIGKILL, while 8 writers send actions. It comes back by itself.

`KILLS=20 make test T=tests/outages/test_kills.py` kills 20 times, in eleven ways. Without KILLS, it
kills in six ways. On an idle machine, WITHIN=5 makes it fail if the site needs more than 5 seconds
after its database.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Event
from uuid import UUID

import psutil
import pytest
from django.conf import settings

from tests.database import PATIENCE
from tests.outages.populated import populated
from tests.outages.supervised_site import PersistentPerson, SupervisedSite, supervised_site
from tests.outages.test_crash import answered, recorded_at, wait_for_actions
from tests.outages.writers import Writer
from tests.processes import manage

WRITERS = 8
WITHIN = float(os.environ.get("WITHIN") or 0)
Kill = Callable[[SupervisedSite, Random], list[psutil.Process]]


def one_worker(site: SupervisedSite, rng: Random) -> list[psutil.Process]:
    return [rng.choice(site.workers())]


def a_starting_worker(site: SupervisedSite, rng: Random) -> list[psutil.Process]:
    """Kill a worker, and its successor at any time of its start."""
    before = site.workers()
    kill([before[0]])
    until = time.monotonic() + PATIENCE
    while not (new := [worker for worker in site.workers() if worker not in before]):
        assert time.monotonic() < until
        time.sleep(0.01)
    time.sleep(rng.uniform(0, 1))
    return new


def the_database_while_a_worker_starts(site: SupervisedSite, rng: Random) -> list[psutil.Process]:
    kill(site.workers()[:1])
    time.sleep(rng.uniform(0, 0.5))
    return site.database()[:1]


def ten_in_a_row(site: SupervisedSite, rng: Random) -> list[psutil.Process]:
    """Kill ten processes at random times, whether or not the site has come back in between."""
    for _ in range(9):
        time.sleep(rng.uniform(0, 0.7))
        kill(rng.sample(running(site), 1))
    return running(site)[:1]


def running(site: SupervisedSite) -> list[psutil.Process]:
    """Wait until a process of the site runs, and return all that run."""
    until = time.monotonic() + PATIENCE
    while not (found := [*serving(site), *site.granian(), *site.database()]):
        assert time.monotonic() < until
        time.sleep(0.01)
    return found


def serving(site: SupervisedSite) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return [psutil.Process(site.serve.pid)]
    return []


KINDS: list[Kill] = [
    one_worker,
    a_starting_worker,
    lambda site, rng: site.granian()[:1],
    lambda site, rng: [psutil.Process(site.serve.pid)],
    the_database_while_a_worker_starts,
    lambda site, rng: running(site),
    lambda site, rng: site.workers(),
    lambda site, rng: site.database()[:1],
    lambda site, rng: site.connections()[:1],
    lambda site, rng: site.database(),
    ten_in_a_row,
]
ROUNDS = int(os.environ.get("KILLS") or 6)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SupervisedSite]:
    with supervised_site(tmp_path) as site:
        yield site


def test_the_site_comes_back_with_every_acknowledged_action(site: SupervisedSite) -> None:
    rng = Random(11)
    studio = populated(site.url)
    packs = [UUID(pack) for pack in studio["packs"]]
    writers = [
        Writer(PersistentPerson(site.site, studio["cookies"]), packs[n % len(packs)])
        for n in range(WRITERS)
    ]
    stop = Event()
    threads = [writer.start(stop) for writer in writers]
    seconds = []
    try:
        for number in range(ROUNDS):
            wait_for_actions(writers, answered(writers).keys())
            time.sleep(rng.uniform(0, 0.2))
            began, acknowledged = site.granian(), answered(writers)
            killed = KINDS[number % len(KINDS)](site, rng)
            assert killed
            kill(killed)
            seconds.append(site.wait_until_it_answers())
            assert not orphans(began, site), "an old web server still has the port"
            stored = recorded_at(site.url)
            assert {key: stored.get(key) for key in acknowledged} == acknowledged
        wait_for_actions(writers, answered(writers).keys())
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert [writer.error for writer in writers] == [None] * WRITERS
    assert recorded_at(site.url) == answered(writers), "each acknowledged action has one event"
    checked = manage("check_ledger", DATABASE_URL=site.url, SECRET_KEY=settings.SECRET_KEY)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    print("Seconds until the site answered:", *(f"{value:.1f}" for value in seconds))
    if WITHIN:
        assert max(seconds) < WITHIN
    assert_nothing_is_left(site)


def assert_nothing_is_left(site: SupervisedSite) -> None:
    processes = running(site)
    site.stop()
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert alive == []
    with socket.create_server(("127.0.0.1", site.port)):
        pass


def kill(processes: list[psutil.Process]) -> None:
    """Kill the processes, and wait until they are gone: they may answer until then."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert alive == []


def orphans(before: list[psutil.Process], site: SupervisedSite) -> list[psutil.Process]:
    """Return the web server's earlier processes that outlived their parent."""
    current = site.granian()
    _, alive = psutil.wait_procs(
        [process for process in before if process not in current], timeout=PATIENCE
    )
    return [process for process in alive if process not in site.granian()]
