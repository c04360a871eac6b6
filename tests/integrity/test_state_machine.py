"""A Hypothesis state machine compares the database with a model of the ledger in plain Python.

Each step is its own transaction, as at a real desk. After each step, the machine compares the
pack's ledger line by line and checks the four invariants. Each run has its own packs. Seeded faults
prove that the machine detects errors.
"""

import pytest
from django.db import Error
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from purchases.member import Member
from studio.models import User
from tests.database import rows
from tests.factories import make_client, make_offer, make_user
from tests.integrity import faults
from tests.integrity.desk_machine import DeskMachine
from tests.integrity.faults import Fault, made_for_all
from tests.thorough import times

pytestmark = pytest.mark.django_db(transaction=True)

MANY = settings(
    max_examples=times(150, thorough=500),
    stateful_step_count=20,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
# Stop at the first failure, without shrinking it.
UNTIL_ONE_FAILS = settings(
    MANY, database=None, phases=[Phase.generate], print_blob=False, report_multiple_bugs=False
)
# The machine detects each fault within about ten runs. Rarer faults have a property instead.
DETECTED = [
    faults.RELEASE_WITHOUT_GUARD,
    faults.USE_WITHOUT_GUARD,
    faults.HOLDS_NOTHING,
    faults.OLDEST_FIRST,
    faults.NULL_IS_NO_CHANGE,
]


@pytest.fixture
def members(olivia: User, mia: User) -> list[Member]:
    """Two staff members and the owner."""
    ben = make_user(username="ben", org=mia.membership.org)
    return [mia.membership, ben.membership, olivia.membership]


def run(members: list[Member], chosen_seed: int, how: settings) -> None:
    org = members[0].org
    client, offer = make_client(org=org), make_offer(org=org)

    @seed(chosen_seed)
    class Machine(DeskMachine):
        def __init__(self) -> None:
            super().__init__(members, client, offer)

    # Skip waiting for the disk, which would take most of the time. A crash needs no durability
    # here.
    rows("SET synchronous_commit = off")
    try:
        run_state_machine_as_test(Machine, settings=how)
    finally:
        rows("RESET synchronous_commit")


def test_ledger_equals_the_model_after_any_steps(members: list[Member], chosen_seed: int) -> None:
    run(members, chosen_seed, MANY)


@pytest.mark.breaks_the_ledger
@pytest.mark.parametrize("fault", DETECTED, ids=lambda fault: fault.what)
def test_machine_detects_a_fault(members: list[Member], chosen_seed: int, fault: Fault) -> None:
    with made_for_all(fault), pytest.raises((AssertionError, Error)):
        run(members, chosen_seed, UNTIL_ONE_FAILS)
