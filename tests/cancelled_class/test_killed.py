"""500 people, and a desk that is killed half way, ten times over: nobody is lost, and nobody gets
two sessions back.

The control presses for a new list every time, as a desk would whose ids were made anew with every
press: it gives too many back, or the test would prove nothing.
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
from tests.cancelled_class.lists import given_back
from tests.database import PATIENCE
from tests.factories import make_purchases
from tests.processes import ROOT, UNSET

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 500
KILLS = 10
SEED = 20261122

Desk = Callable[[UUID], "subprocess.Popen[str]"]


@pytest.fixture
def packs(northside: Org) -> list[Purchase]:
    """20 of 30 used: room for every mistake."""
    return make_purchases(org=northside, count=PEOPLE, sessions_total=30, sessions_used=20)


@pytest.fixture
def a_desk(packs: list[Purchase], mia: User, tmp_path: Path) -> Desk:
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


def is_killed(desk: subprocess.Popen[str], *, at: int, chance: random.Random) -> None:
    """By SIGKILL, wherever it just is when so many sessions were given back, or a bit later."""
    assert desk.stdout
    assert desk.stdout.readline() == "pressing\n"
    until = time.monotonic() + PATIENCE
    while given_back() < at and time.monotonic() < until:
        pass
    time.sleep(chance.uniform(0, 0.02))
    desk.kill()
    desk.communicate(timeout=PATIENCE)


def finishes(desk: "subprocess.Popen[str]") -> None:
    said, _ = desk.communicate(timeout=PATIENCE)
    assert said == "pressing\nfinished\n"


def settled() -> int:
    """The sessions that were given back, once the database has noticed that the desk is gone."""
    until = time.monotonic() + PATIENCE
    counts = [-1, given_back()]
    while counts[-2] != counts[-1] and time.monotonic() < until:
        time.sleep(0.05)
        counts.append(given_back())
    return counts[-1]


def test_a_desk_that_is_killed_ten_times_gives_back_500_sessions(
    packs: list[Purchase], a_desk: Desk
) -> None:
    chance = random.Random(SEED)
    list_id = uuid4()
    stood: list[int] = []
    for at in sorted(chance.sample(range(PEOPLE - 10), KILLS)):
        is_killed(a_desk(list_id), at=at, chance=chance)
        stood.append(settled())
    finishes(a_desk(list_id))
    finishes(a_desk(list_id))

    assert given_back() == PEOPLE, stood
    assert SessionRequest.objects.count() == PEOPLE
    assert set(Purchase.objects.values_list("sessions_used", flat=True)) == {19}
    reinstated = SessionEvent.objects.filter(kind="reinstated")
    assert reinstated.values("purchase_id").distinct().count() == PEOPLE
    half_way = {count for count in stood if 0 < count < PEOPLE}
    assert len(half_way) >= KILLS / 2, f"killed half way, and not before or after: {stood}"


def test_with_new_ids_at_every_press_too_many_are_given_back(
    packs: list[Purchase], a_desk: Desk
) -> None:
    is_killed(a_desk(uuid4()), at=100, chance=random.Random(SEED))
    assert settled() < PEOPLE
    finishes(a_desk(uuid4()))

    assert given_back() > PEOPLE
