"""A count that differs from the sum of its events is reported, with a statement that repairs it."""

import pytest

from purchases.models import Org, Purchase
from studio.models import User
from tests.database import rows
from tests.factories import make_purchase
from tests.invariants.violations import advice, violation_lines
from tests.ledger import change_unrecorded, newest, reinstated_by, undone_by, unguarded, used_by

pytestmark = pytest.mark.breaks_the_ledger


def test_recorded_changes_are_consistent(pack: Purchase, mia: User, olivia: User) -> None:
    used_by(mia, pack)
    undone_by(olivia, reinstated_by(mia, pack))
    make_purchase(org=pack.org, total=None, used=None)
    make_purchase(org=pack.org).delete()

    assert violation_lines() == []


def test_unrecorded_change_is_reported_with_both_numbers(pack: Purchase) -> None:
    make_purchase(org=pack.org)
    change_unrecorded(pack, "sessions_used = 5")

    (line,) = violation_lines()

    assert line.startswith(
        f"{pack.pk}, Zoë Li: 5 sessions are used and its events add up to 3. Record what is missing"
    )
    rows(advice(line))
    assert violation_lines() == []
    assert newest(pack).kind == "corrected"


def test_count_set_to_null_unrecorded_is_reported(pack: Purchase) -> None:
    change_unrecorded(pack, "sessions_used = NULL")

    (line,) = violation_lines()

    assert "0 sessions are used and its events add up to 3" in line
    rows(advice(line))
    assert violation_lines() == []
    assert newest(pack).sessions_used is None


@pytest.mark.parametrize("used", [0, 3, None])
def test_purchase_without_opening_event_is_reported(northside: Org, used: int | None) -> None:
    pack = make_purchase(org=northside, used=used)
    with unguarded("session_events"):
        rows("DELETE FROM session_events")

    (line,) = violation_lines()

    assert f"{used or 0} sessions are used and its events add up to 0, none of which opened" in line
    rows(advice(line))
    assert violation_lines() == []
    assert newest(pack).kind == "opened"


def test_unrecorded_deletion_is_reported(pack: Purchase) -> None:
    with unguarded("client_purchases"):
        rows("DELETE FROM client_purchases")

    line, purchase_line = violation_lines()

    assert (
        f"{pack.pk}, deleted: the purchase is gone, so 0 are used, and its events add up to 3"
        in (line)
    )
    rows(advice(line))
    rows(advice(purchase_line))
    assert violation_lines() == []


def test_purchase_deleted_after_moving_to_another_org_is_consistent(
    pack: Purchase, southside: Org
) -> None:
    rows("UPDATE client_purchases SET org_id = %s", southside.pk)
    rows("UPDATE client_purchases SET sessions_used = 5")
    rows("DELETE FROM client_purchases")

    assert violation_lines() == []


def test_unrecorded_deletion_belongs_to_the_last_org(pack: Purchase, southside: Org) -> None:
    rows("UPDATE client_purchases SET org_id = %s, sessions_used = 5", southside.pk)
    with unguarded("client_purchases"):
        rows("DELETE FROM client_purchases")

    line, purchase_line = violation_lines()
    assert "its events add up to 5" in line
    rows(advice(line))
    rows(advice(purchase_line))
    assert violation_lines() == []
    assert newest(pack).org_id == southside.pk


@pytest.mark.parametrize(
    ("total", "used", "violation"),
    [
        (10, 12, "12 sessions are used and 10 were bought"),
        (10, -2, "-2 sessions are used and 10 were bought"),
        (None, -2, "-2 sessions are used and no number was bought"),
    ],
)
def test_impossible_count_is_reported(
    northside: Org, total: int | None, used: int, violation: str
) -> None:
    pack = make_purchase(org=northside, total=total, used=used)

    (line,) = violation_lines()

    assert line.startswith(
        f"{pack.pk}, Ana Ruiz: {violation}. Correct the used or the bought sessions"
    )
