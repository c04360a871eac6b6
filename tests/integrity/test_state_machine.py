"""The front desk, other programs and the clock in any order, against a plain Python ledger.

Every step is a transaction of its own, as at a real desk; after each, the pack's ledger is
compared line by line and the four invariants are asked for. Each run has packs of its own. That
the machine would notice is shown by faults that it has to find.
"""

import random

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

pytestmark = pytest.mark.django_db(transaction=True)

MANY = settings(
    max_examples=500,
    stateful_step_count=20,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
# Ends with the first that goes wrong, as it was found.
UNTIL_ONE_FAILS = settings(
    MANY, database=None, phases=[Phase.generate], print_blob=False, report_multiple_bugs=False
)
# Each takes about ten runs; what is rarer might be missed by chance, and has a property instead.
FOUND = [
    faults.RELEASE_WITHOUT_GUARD,
    faults.USE_WITHOUT_GUARD,
    faults.HOLDS_NOTHING,
    faults.OLDEST_FIRST,
    faults.NULL_IS_NO_CHANGE,
]


@pytest.fixture
def members(olivia: User, mia: User) -> list[Member]:
    """Two at the desk and the owner."""
    ben = make_user(username="ben", org=mia.membership.org)
    return [mia.membership, ben.membership, olivia.membership]


@pytest.fixture
def chosen_seed(pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]) -> int:
    """The one of --hypothesis-seed, or a new one. Either is printed, so that it can be given."""
    given = pytestconfig.getoption("--hypothesis-seed")
    chosen = random.randrange(2**32) if given is None else int(given)
    with capsys.disabled():
        print(f" --hypothesis-seed={chosen} ", end="")
    return chosen


def run(members: list[Member], chosen_seed: int, how: settings) -> None:
    org = members[0].org
    client, offer = make_client(org=org), make_offer(org=org)

    @seed(chosen_seed)
    class Machine(DeskMachine):
        def __init__(self) -> None:
            super().__init__(members, client, offer)

    # Nobody pulls the plug here; to wait for the disk after each step would take most of the time.
    rows("SET synchronous_commit = off")
    try:
        run_state_machine_as_test(Machine, settings=how)
    finally:
        rows("RESET synchronous_commit")


def test_the_ledger_is_the_models_whatever_is_done(members: list[Member], chosen_seed: int) -> None:
    run(members, chosen_seed, MANY)


@pytest.mark.breaks_the_ledger
@pytest.mark.parametrize("fault", FOUND, ids=lambda fault: fault.what)
def test_the_machine_finds_a_fault(members: list[Member], chosen_seed: int, fault: Fault) -> None:
    with made_for_all(fault), pytest.raises((AssertionError, Error)):
        run(members, chosen_seed, UNTIL_ONE_FAILS)
