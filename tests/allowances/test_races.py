"""Two desks at once, on two packs of one client who has one reinstatement left: one gets it.

Each guard is taken away once: without the lock, and with a count that was begun before the wait,
both would.
"""

from collections.abc import Iterator
from functools import partial
from uuid import uuid4

import pytest
from django.urls import reverse

from purchases.models import Purchase, SessionRequest
from purchases.operations.sessions import (
    ACT,
    CLAIM_WITHIN_ALLOWANCE,
    FUNCTIONS,
    OVER_ALLOWANCE,
    WITHIN_ALLOWANCE,
)
from studio.models import User
from tests.allowances.limits import LATE, allow, given_back
from tests.concurrent_browsers import ConcurrentBrowsers
from tests.database import PATIENCE
from tests.factories import make_client, make_offer, make_purchase
from tests.integrity.schedule import Connection, Outcome, run
from tests.purchase_kinds import used

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 12
RELEASE = FUNCTIONS[SessionRequest.Operation.REINSTATE]
PATIENT = CLAIM_WITHIN_ALLOWANCE.replace("'3s'", f"'{PATIENCE}s'")
HOLD = "public.hold_times_given_back("
UNLOCKED = "(SELECT coalesce(max(times), 0) FROM public.times_given_back("


def packs_of_one_client(mia: User, count: int) -> list[Purchase]:
    org = mia.membership.org
    client, offer = make_client(org=org), make_offer(org=org)
    return [make_purchase(org=org, client=client, offer=offer) for _ in range(count)]


def pressed(caller: Connection, pack: Purchase, mia: User, claim: str) -> int:
    """What the statement of `operations` answers on a connection of its own, with room for 2."""
    asked = {
        "request_id": uuid4(),
        "operation": "reinstate",
        "purchase_id": pack.pk,
        "event_id": None,
        "actor_id": mia.pk,
        "approved_by_id": None,
        "reason": LATE.value,
        "note": "",
        "org_id": pack.org_id,
        "client_id": pack.client_id,
        "sessions": 2,
        "days": 30,
        "extend_days": None,
        "extend_until": None,
    }
    statement = claim + ACT.format(function=WITHIN_ALLOWANCE.format(function=RELEASE))
    row = caller.execute(statement, asked).fetchone()
    assert row
    return int(row[0])


def two_at_once(mia: User, claim: str, end: str = "COMMIT") -> Outcome:
    """One was given back before."""
    one, two = packs_of_one_client(mia, 2)
    given_back(mia, one)
    first, second = (partial(pressed, pack=pack, mia=mia, claim=claim) for pack in (one, two))
    return run(first, second, end)


def test_the_last_of_the_allowance_is_given_once(mia: User) -> None:
    outcome = two_at_once(mia, PATIENT)

    assert (outcome.first, outcome.second, outcome.waited) == (2, OVER_ALLOWANCE, True)


def test_what_was_not_committed_after_all_leaves_it_to_the_other(mia: User) -> None:
    outcome = two_at_once(mia, PATIENT, end="ROLLBACK")

    assert (outcome.first, outcome.second, outcome.waited) == (2, 2, True)


def test_another_client_does_not_wait(mia: User) -> None:
    one, two = packs_of_one_client(mia, 1) + packs_of_one_client(mia, 1)
    first, second = (partial(pressed, pack=pack, mia=mia, claim=PATIENT) for pack in (one, two))

    outcome = run(first, second, "COMMIT")

    assert (outcome.first, outcome.second, outcome.waited) == (2, 2, False)


def test_without_the_lock_both_would_get_it(mia: User) -> None:
    """The negative control."""
    unlocked = counted_with(UNLOCKED)

    outcome = two_at_once(mia, unlocked)

    assert (outcome.first, outcome.second, outcome.waited) == (2, 2, False)


def test_with_a_count_begun_before_the_wait_both_would_get_it(mia: User) -> None:
    """The lock and the count in one statement: it waits, and looks at what it saw before."""
    lock = "pg_advisory_xact_lock(hashtextextended('given back to ' || %(client_id)s, 0))"
    early = UNLOCKED.replace("FROM", f"FROM (SELECT {lock} OFFSET 0) AS held, LATERAL")

    outcome = two_at_once(mia, counted_with(early))

    assert (outcome.first, outcome.second, outcome.waited) == (2, 2, True)


def counted_with(count: str) -> str:
    """The statement, with the count taken by an expression of the same arguments."""
    before, _, rest = PATIENT.partition(HOLD)
    arguments, end, after = rest.partition("\n            )")
    assert arguments
    assert end
    names = ["%(org_id)s", "ARRAY[%(client_id)s]", "ARRAY[%(reason)s]", "ARRAY[%(days)s]"]
    return f"{before}{count}{', '.join(names)})){after}"


@pytest.fixture
def desks(mia: User) -> Iterator[ConcurrentBrowsers]:
    desks = ConcurrentBrowsers(mia, DESKS)
    yield desks
    desks.close()


def test_of_many_desks_at_once_as_many_get_it_as_the_allowance_has(
    mia: User, desks: ConcurrentBrowsers
) -> None:
    """Real requests through the real views."""
    allow(mia.membership.org, 5)
    packs = packs_of_one_client(mia, DESKS)
    presses = [
        (
            reverse("purchases:reinstate", args=[pack.pk]),
            {"request_id": str(uuid4()), "reason": LATE.value},
        )
        for pack in packs
    ]

    answers = desks.all_at_once(presses, htmx=True)

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] * 5 + [409] * (DESKS - 5)
    assert sorted(used(pack) or 0 for pack in packs) == [2] * 5 + [3] * (DESKS - 5)
    assert SessionRequest.objects.filter(objection="over_allowance").count() == DESKS - 5
