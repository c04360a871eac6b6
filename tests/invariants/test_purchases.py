"""A purchase that differs from its last event is reported, with a statement that repairs it."""

import pytest

from purchases.models import Org, Purchase
from purchases.models.purchase_event import RECORDED
from tests.database import rows, value
from tests.factories import make_client, make_offer, make_purchase
from tests.invariants.violations import advice, violation_lines
from tests.ledger import change_unrecorded, unguarded

pytestmark = pytest.mark.breaks_the_ledger


@pytest.mark.parametrize("column", RECORDED)
def test_unrecorded_change_of_a_column_is_reported(
    northside: Org, southside: Org, pack: Purchase, column: str
) -> None:
    new = {
        "org_id": f"'{southside.pk}'",
        "client_id": f"'{make_client(org=northside).pk}'",
        "offer_id": f"'{make_offer(org=northside).pk}'",
        "sessions_total": "1010",
        "amount_paid_cents": "1",
        "currency": "'eur'",
        "payment_status": "NULL",
        "payment_method": "'cash'",
        "purchased_at": "now() - interval '1 day'",
        "created_at": "'-infinity'",
    }[column]
    change_unrecorded(pack, f"{column} = {new}")

    (line,) = violation_lines()

    assert f": its {column} differs from purchase event " in line
    rows(advice(line))
    assert violation_lines() == []
    assert value("SELECT kind FROM purchase_events ORDER BY id DESC LIMIT 1") == "corrected"


def test_unrecorded_purchase_is_reported(northside: Org) -> None:
    with unguarded("client_purchases"):
        make_purchase(org=northside)
    # Open the ledger of counts, which has a finding of its own.
    rows("UPDATE client_purchases SET sessions_used = 4")

    (line,) = violation_lines()

    assert "no purchase event opened it" in line
    rows(advice(line))
    assert violation_lines() == []


def test_total_that_was_changed_and_changed_back_between_events_is_no_violation(
    pack: Purchase,
) -> None:
    rows("UPDATE client_purchases SET sessions_total = 1010")
    rows("UPDATE client_purchases SET sessions_total = 10")

    assert violation_lines() == []


def test_event_that_was_removed_from_the_middle_is_reported(pack: Purchase) -> None:
    rows("UPDATE client_purchases SET sessions_total = 11")
    rows("UPDATE client_purchases SET sessions_total = 12")
    with unguarded("purchase_events"):
        rows("DELETE FROM purchase_events WHERE sessions_total = 11")

    (line,) = violation_lines()

    assert "does not continue the event before it" in line


def test_first_event_that_was_removed_is_reported(pack: Purchase) -> None:
    rows("UPDATE client_purchases SET sessions_total = 11")
    with unguarded("purchase_events"):
        rows("DELETE FROM purchase_events WHERE kind = 'opened'")

    (line,) = violation_lines()

    assert "does not continue the event before it" in line
