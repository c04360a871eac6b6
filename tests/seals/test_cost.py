"""The cost of sealing and checking. SEAL_COST_EVENTS is the number of events, 20,000 by default."""

import os
from collections.abc import Callable
from time import perf_counter

import pytest

from purchases import seals
from purchases.models import Org, SealLeaf
from tests.database import rows
from tests.factories import make_purchase
from tests.seals.sealing import seal_now

EVENTS = int(os.environ.get("SEAL_COST_EVENTS", "20000"))
WRITE = """
    INSERT INTO session_events (org_id, purchase_id, kind, delta, sessions_used, db_role)
    SELECT org_id, purchase_id, 'corrected', 1 - 2 * (n %% 2), 4 - n %% 2, db_role
    FROM session_events, generate_series(0, %s) AS n
"""


def seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_sealing_and_checking_take_seconds(northside: Org) -> None:
    make_purchase(org=northside)
    rows(WRITE, EVENTS - 1)

    sealing, again, checking = seconds(seal_now), seconds(seal_now), seconds(seals.check)

    figures = f"sealed in {sealing:.2f} s, again in {again:.2f} s, checked in {checking:.2f} s"
    print(f"{EVENTS:,} events: {figures}")
    assert SealLeaf.objects.count() > EVENTS
    assert max(sealing, checking) < 5 + EVENTS / 10_000
