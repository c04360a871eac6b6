"""Kill a worker ten times while it processes or undoes a list of 500: each client gets exactly one
session, or exactly that session is taken back.

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
from tests.cancelled_class.lists import make_done_list, reinstatement_count
from tests.database import PATIENCE
from tests.factories import make_purchases
from tests.processes import ROOT, UNSET

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 500
KILLS = 10
SEED = 20261122

Count = Callable[[], int]
StartWorker = Callable[..., "subprocess.Popen[str]"]


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

    def start(list_id: UUID, *action: str) -> subprocess.Popen[str]:
        module = "tests.cancelled_class.worker"
        command = [sys.executable, "-m", module, mia.username, str(list_id), *action]
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )

    return start


def kill_worker(
    worker: subprocess.Popen[str], *, at: int, rng: random.Random, count: Count | None = None
) -> None:
    """Send SIGKILL up to 20 ms after the event with number `at`."""
    count = count or reinstatement_count
    assert worker.stdout
    assert worker.stdout.readline() == "started\n"
    deadline = time.monotonic() + PATIENCE
    while count() < at and time.monotonic() < deadline:
        pass
    time.sleep(rng.uniform(0, 0.02))
    worker.kill()
    worker.communicate(timeout=PATIENCE)


def wait_for_worker(worker: "subprocess.Popen[str]") -> None:
    output, _ = worker.communicate(timeout=PATIENCE)
    assert output == "started\nfinished\n"


def undone_count() -> int:
    return SessionEvent.objects.filter(kind=SessionEvent.Kind.UNDONE).count()


def settled_count(count: Count = reinstatement_count) -> int:
    """Return the number of events once the killed worker's connection is closed."""
    deadline = time.monotonic() + PATIENCE
    counts = [-1, count()]
    while counts[-2] != counts[-1] and time.monotonic() < deadline:
        time.sleep(0.05)
        counts.append(count())
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


def test_worker_killed_ten_times_undoes_500_sessions(
    packs: list[Purchase], start_worker: StartWorker, mia: User
) -> None:
    rng = random.Random(SEED)
    class_list = make_done_list(mia, *packs)
    counts: list[int] = []
    for at in sorted(rng.sample(range(PEOPLE - 10), KILLS)):
        kill_worker(start_worker(class_list.pk, "undo"), at=at, rng=rng, count=undone_count)
        counts.append(settled_count(undone_count))
    for _ in range(2):
        wait_for_worker(start_worker(class_list.pk, "undo"))

    assert undone_count() == PEOPLE, counts
    assert SessionRequest.objects.filter(operation="undo").count() == PEOPLE
    assert set(Purchase.objects.values_list("sessions_used", flat=True)) == {20}
    unfinished = {count for count in counts if 0 < count < PEOPLE}
    assert len(unfinished) >= KILLS / 2, f"most kills must hit an unfinished list: {counts}"


def test_new_list_ids_for_each_retry_reinstate_too_many(
    packs: list[Purchase], start_worker: StartWorker
) -> None:
    kill_worker(start_worker(uuid4()), at=100, rng=random.Random(SEED))
    assert settled_count() < PEOPLE
    wait_for_worker(start_worker(uuid4()))

    assert reinstatement_count() > PEOPLE
