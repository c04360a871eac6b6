"""Kill a worker ten times while it processes a list of 500: each client gets exactly one session.

The negative control retries with a new list id each time. It must reinstate too many sessions.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection

from purchases.models import Org, Purchase, SessionEvent, SessionRequest
from studio.models import User
from tests.cancelled_class.lists import reinstatement_count
from tests.database import PATIENCE
from tests.factories import make_purchases
from tests.processes import ROOT, UNSET

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 500
KILLS = 10
SEED = 20261122

StartWorker = Callable[[UUID], "subprocess.Popen[str]"]


@pytest.fixture
def packs(northside: Org) -> list[Purchase]:
    """Packs with 20 of 30 used, so that no limit hides a mistake."""
    return make_purchases(org=northside, count=PEOPLE, sessions_total=30, sessions_used=20)


@pytest.fixture
def start_worker(packs: list[Purchase], mia: User, tmp_path: Path) -> StartWorker:
    connection.ensure_connection()
    info = connection.connection.info
    environment = UNSET | {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"{info.dsn} password='{info.password}'",
        "SECRET_KEY": "x",
        "DEBUG": "True",
        "STUDIO_DATA_DIR": str(tmp_path),
    }

    def start(list_id: UUID) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.cancelled_class.worker", mia.username, str(list_id)]
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )

    return start


def kill_worker(worker: subprocess.Popen[str], *, at: int, rng: random.Random) -> None:
    """Send SIGKILL up to 20 ms after the reinstatement with number `at`."""
    assert worker.stdout
    assert worker.stdout.readline() == "started\n"
    deadline = time.monotonic() + PATIENCE
    while reinstatement_count() < at and time.monotonic() < deadline:
        pass
    time.sleep(rng.uniform(0, 0.02))
    worker.kill()
    worker.communicate(timeout=PATIENCE)


def wait_for_worker(worker: "subprocess.Popen[str]") -> None:
    output, _ = worker.communicate(timeout=PATIENCE)
    assert output == "started\nfinished\n"


def settled_count() -> int:
    """Return the number of reinstatements once the killed worker's connection is closed."""
    deadline = time.monotonic() + PATIENCE
    counts = [-1, reinstatement_count()]
    while counts[-2] != counts[-1] and time.monotonic() < deadline:
        time.sleep(0.05)
        counts.append(reinstatement_count())
    return counts[-1]


def test_worker_killed_ten_times_reinstates_500_sessions(
    packs: list[Purchase], start_worker: StartWorker
) -> None:
    rng = random.Random(SEED)
    list_id = uuid4()
    counts: list[int] = []
    for at in sorted(rng.sample(range(PEOPLE - 10), KILLS)):
        kill_worker(start_worker(list_id), at=at, rng=rng)
        counts.append(settled_count())
    wait_for_worker(start_worker(list_id))
    wait_for_worker(start_worker(list_id))

    assert reinstatement_count() == PEOPLE, counts
    assert SessionRequest.objects.count() == PEOPLE
    assert set(Purchase.objects.values_list("sessions_used", flat=True)) == {19}
    reinstated = SessionEvent.objects.filter(kind="reinstated")
    assert reinstated.values("purchase_id").distinct().count() == PEOPLE
    unfinished = {count for count in counts if 0 < count < PEOPLE}
    assert len(unfinished) >= KILLS / 2, f"most kills must hit an unfinished list: {counts}"


def test_new_list_ids_for_each_retry_reinstate_too_many(
    packs: list[Purchase], start_worker: StartWorker
) -> None:
    kill_worker(start_worker(uuid4()), at=100, rng=random.Random(SEED))
    assert settled_count() < PEOPLE
    wait_for_worker(start_worker(uuid4()))

    assert reinstatement_count() > PEOPLE
