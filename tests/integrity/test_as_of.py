"""Random histories: the ledgers rebuild every purchase as it is, and as it was at any time."""

from uuid import uuid4

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from studio.models import User
from tests.database import rows
from tests.factories import make_client, make_offer
from tests.integrity import faults, test_state_machine
from tests.integrity.as_of_machine import AsOfMachine
from tests.integrity.faults import Fault, made_for_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MANY = settings(test_state_machine.MANY, max_examples=500, stateful_step_count=15)
UNTIL_ONE_FAILS = settings(test_state_machine.UNTIL_ONE_FAILS, stateful_step_count=15)


def run(mia: User, olivia: User, chosen_seed: int, how: settings) -> None:
    org = mia.membership.org
    clients = [make_client(org=org, name=name) for name in ("Ana Ruiz", "Ben Ode")]
    offers = [make_offer(org=org), make_offer(org=org)]
    role = f"another_program_{uuid4().hex}"
    rows(f"CREATE ROLE {role}")
    rows(f"GRANT SELECT, UPDATE ON client_purchases TO {role}")

    @seed(chosen_seed)
    class Machine(AsOfMachine):
        def __init__(self) -> None:
            super().__init__([mia.membership, olivia.membership], clients, offers, role)

    # Skip waiting for the disk, which would take most of the time.
    rows("SET synchronous_commit = off")
    try:
        run_state_machine_as_test(Machine, settings=how)
    finally:
        rows("RESET synchronous_commit")
        rows(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_ledgers_rebuild_a_purchase_at_any_time(mia: User, olivia: User, chosen_seed: int) -> None:
    run(mia, olivia, chosen_seed, MANY)


@pytest.mark.breaks_the_ledger
@pytest.mark.parametrize("fault", faults.AS_OF_FAULTS, ids=lambda fault: fault.what)
def test_machine_detects_a_fault(mia: User, olivia: User, chosen_seed: int, fault: Fault) -> None:
    with made_for_all(fault), pytest.raises(AssertionError, match="the ledgers rebuild"):
        run(mia, olivia, chosen_seed, UNTIL_ONE_FAILS)
