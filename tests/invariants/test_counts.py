"""A count that its events do not add up to is found, and the advice repairs it."""

import pytest

from purchases.models import Org, Purchase
from studio.models import User
from tests.database import rows
from tests.factories import make_purchase
from tests.invariants.violations import advice, found
from tests.ledger import change_unrecorded, newest, reinstated_by, undone_by, unguarded, used_by

pytestmark = pytest.mark.breaks_the_ledger


def test_a_ledger_that_was_left_alone_has_nothing(pack: Purchase, mia: User, olivia: User) -> None:
    used_by(mia, pack)
    undone_by(olivia, reinstated_by(mia, pack))
    make_purchase(org=pack.org, total=None, used=None)
    make_purchase(org=pack.org).delete()

    assert found() == []


def test_a_change_that_was_not_recorded_is_named_with_both_numbers(pack: Purchase) -> None:
    make_purchase(org=pack.org)
    change_unrecorded(pack, "sessions_used = 5")

    (line,) = found()

    assert line.startswith(
        f"{pack.pk}, Zoë Li: 5 sessions are used and its events add up to 3. Record what is missing"
    )
    rows(advice(line))
    assert found() == []
    assert newest(pack).kind == "corrected"


def test_a_count_that_was_taken_away_unrecorded_is_none(pack: Purchase) -> None:
    change_unrecorded(pack, "sessions_used = NULL")

    (line,) = found()

    assert "0 sessions are used and its events add up to 3" in line
    rows(advice(line))
    assert found() == []
    assert newest(pack).sessions_used is None


@pytest.mark.parametrize("used", [0, 3, None])
def test_a_purchase_without_the_event_that_opened_it_is_found(
    northside: Org, used: int | None
) -> None:
    pack = make_purchase(org=northside, used=used)
    with unguarded("session_events"):
        rows("DELETE FROM session_events")

    (line,) = found()

    assert f"{used or 0} sessions are used and its events add up to 0, none of which opened" in line
    rows(advice(line))
    assert found() == []
    assert newest(pack).kind == "opened"


def test_a_deletion_that_was_not_recorded_is_found(pack: Purchase) -> None:
    with unguarded("client_purchases"):
        rows("DELETE FROM client_purchases")

    (line,) = found()

    assert (
        f"{pack.pk}, deleted: the purchase is gone, so 0 are used, and its events add up to 3"
        in (line)
    )
    rows(advice(line))
    assert found() == []


def test_one_that_moved_to_another_org_before_it_was_deleted_is_whole(
    pack: Purchase, southside: Org
) -> None:
    rows("UPDATE client_purchases SET org_id = %s", southside.pk)
    rows("UPDATE client_purchases SET sessions_used = 5")
    rows("DELETE FROM client_purchases")

    assert found() == []


def test_the_deletion_that_is_missing_belongs_to_the_org_that_had_it_last(
    pack: Purchase, southside: Org
) -> None:
    rows("UPDATE client_purchases SET org_id = %s, sessions_used = 5", southside.pk)
    with unguarded("client_purchases"):
        rows("DELETE FROM client_purchases")

    (line,) = found()
    assert "its events add up to 5" in line
    rows(advice(line))
    assert found() == []
    assert newest(pack).org_id == southside.pk


@pytest.mark.parametrize(
    ("total", "used", "says"),
    [
        (10, 12, "12 sessions are used and 10 were bought"),
        (10, -2, "-2 sessions are used and 10 were bought"),
        (None, -2, "-2 sessions are used and no number was bought"),
    ],
)
def test_a_count_that_cannot_be_right_is_found(
    northside: Org, total: int | None, used: int, says: str
) -> None:
    pack = make_purchase(org=northside, total=total, used=used)

    (line,) = found()

    assert line.startswith(f"{pack.pk}, Ana Ruiz: {says}. Correct the count")
