"""Two concurrent reinstatements for a client with one left in the allowance: one succeeds.

The negative controls remove the lock, or count before the lock is held. Both then succeed.
"""

from collections.abc import Iterator
from functools import partial
from uuid import uuid4

import pytest
from django.urls import reverse

from purchases.models import Purchase, SessionRequest
from purchases.operations.sessions import OVER_ALLOWANCE, REINSTATE_WITHIN_ALLOWANCE
from studio.models import User
from tests.allowances.limits import LATE, allow, reinstate_times
from tests.concurrent_browsers import ConcurrentBrowsers
from tests.factories import make_client, make_offer, make_purchase
from tests.integrity.schedule import Connection, Outcome, patient, run
from tests.purchase_kinds import used

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 12
STATEMENT = patient(REINSTATE_WITHIN_ALLOWANCE)
LOCK_AND_COUNT = "public.lock_and_count_reinstatements("
COUNT_UNLOCKED = "(SELECT coalesce(max(times), 0) FROM public.count_reinstatements("


def packs_of_one_client(mia: User, count: int) -> list[Purchase]:
    org = mia.membership.org
    client, offer = make_client(org=org), make_offer(org=org)
    return [make_purchase(org=org, client=client, offer=offer) for _ in range(count)]


def reinstate(caller: Connection, pack: Purchase, mia: User, statement: str) -> int:
    """Execute the statement of `operations.reinstate` with an allowance of 2."""
    parameters = {
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
    row = caller.execute(statement, parameters).fetchone()
    assert row
    return int(row[0])


def reinstate_concurrently(mia: User, statement: str, end: str = "COMMIT") -> Outcome:
    """Reinstate two packs of a client who already has one reinstatement."""
    one, two = packs_of_one_client(mia, 2)
    reinstate_times(mia, one)
    first, second = (
        partial(reinstate, pack=pack, mia=mia, statement=statement) for pack in (one, two)
    )
    return run(first, second, end)


def test_last_reinstatement_of_the_allowance_succeeds_once(mia: User) -> None:
    outcome = reinstate_concurrently(mia, STATEMENT)

    assert (outcome.first, outcome.second, outcome.waited) == (2, OVER_ALLOWANCE, True)


def test_rollback_leaves_the_allowance_to_the_other(mia: User) -> None:
    outcome = reinstate_concurrently(mia, STATEMENT, end="ROLLBACK")

    assert (outcome.first, outcome.second, outcome.waited) == (2, 2, True)


def test_other_clients_do_not_wait(mia: User) -> None:
    one, two = packs_of_one_client(mia, 1) + packs_of_one_client(mia, 1)
    first, second = (
        partial(reinstate, pack=pack, mia=mia, statement=STATEMENT) for pack in (one, two)
    )

    outcome = run(first, second, "COMMIT")

    assert (outcome.first, outcome.second, outcome.waited) == (2, 2, False)


def test_without_the_lock_both_succeed(mia: User) -> None:
    """Negative control: the count takes no lock."""
    unlocked = counted_with(COUNT_UNLOCKED)

    outcome = reinstate_concurrently(mia, unlocked)

    assert (outcome.first, outcome.second, outcome.waited) == (2, 2, False)


def test_with_a_count_before_the_wait_both_succeed(mia: User) -> None:
    """Negative control: the lock and the count share one snapshot, taken before the wait."""
    lock = "pg_advisory_xact_lock(hashtextextended('studio reinstatements ' || %(client_id)s, 0))"
    early = COUNT_UNLOCKED.replace("FROM", f"FROM (SELECT {lock} OFFSET 0) AS held, LATERAL")

    outcome = reinstate_concurrently(mia, counted_with(early))

    assert (outcome.first, outcome.second, outcome.waited) == (2, 2, True)


def counted_with(count: str) -> str:
    """Return the statement with its count replaced by the expression `count`."""
    before, _, rest = STATEMENT.partition(LOCK_AND_COUNT)
    arguments, end, after = rest.partition("\n)")
    assert arguments
    assert end
    names = ["%(org_id)s", "ARRAY[%(client_id)s]", "ARRAY[%(reason)s]", "ARRAY[%(days)s]"]
    return f"{before}{count}{', '.join(names)})){after}"


@pytest.fixture
def desks(mia: User) -> Iterator[ConcurrentBrowsers]:
    desks = ConcurrentBrowsers(mia, DESKS)
    yield desks
    desks.close()


def test_concurrent_desks_share_the_allowance(mia: User, desks: ConcurrentBrowsers) -> None:
    """Send concurrent requests through the views."""
    allow(mia.membership.org, 5)
    packs = packs_of_one_client(mia, DESKS)
    requests = [
        (
            reverse("purchases:reinstate", args=[pack.pk]),
            {"request_id": str(uuid4()), "reason": LATE.value},
        )
        for pack in packs
    ]

    answers = desks.all_at_once(requests, htmx=True)

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] * 5 + [409] * (DESKS - 5)
    assert sorted(used(pack) or 0 for pack in packs) == [2] * 5 + [3] * (DESKS - 5)
    assert SessionRequest.objects.filter(refusal="over_allowance").count() == DESKS - 5
