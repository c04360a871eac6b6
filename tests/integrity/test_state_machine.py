"""The front desk, other programs and the clock in any order, against a plain Python ledger.

Every step is a transaction of its own, as at a real desk; after each, the pack's ledger is
compared line by line and the four invariants are asked for. Each run has packs of its own.
"""

import random

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from studio.models import User
from tests.factories import make_client, make_offer, make_user
from tests.integrity.desk_machine import DeskMachine

pytestmark = pytest.mark.django_db(transaction=True)


def run(*, olivia: User, mia: User, settings: settings, chosen_seed: int) -> None:
    org = mia.membership.org
    max_ = make_user(username="max", org=org)
    members = [user.membership for user in (mia, max_, olivia)]
    client, offer = make_client(org=org), make_offer(org=org)

    @seed(chosen_seed)
    class Machine(DeskMachine):
        def __init__(self) -> None:
            super().__init__(members, client, offer)

    run_state_machine_as_test(Machine, settings=settings)


@pytest.fixture
def chosen_seed(pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]) -> int:
    """The one of --hypothesis-seed, or a new one. Either is printed, so that it can be given."""
    given = pytestconfig.getoption("--hypothesis-seed")
    chosen = random.randrange(2**32) if given is None else int(given)
    with capsys.disabled():
        print(f" --hypothesis-seed={chosen} ", end="")
    return chosen


def test_the_ledger_is_the_models_whatever_is_done(
    olivia: User, mia: User, chosen_seed: int
) -> None:
    many = settings(
        max_examples=500,
        stateful_step_count=25,
        deadline=None,
        derandomize=False,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )

    run(olivia=olivia, mia=mia, settings=many, chosen_seed=chosen_seed)
