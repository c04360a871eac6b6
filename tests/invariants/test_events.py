"""Contradictory events are reported."""

import pytest

from purchases.models import Purchase
from studio.models import User
from tests.database import rows
from tests.factories import make_purchase
from tests.invariants.violations import violation_lines, write_event
from tests.ledger import change_unrecorded, reinstated_by, used_by

pytestmark = pytest.mark.breaks_the_ledger


def test_request_with_two_events_is_reported(pack: Purchase, mia: User) -> None:
    event = used_by(mia, pack)
    rows("ALTER TABLE session_events DROP CONSTRAINT a_request_has_one_event")
    again = write_event(
        pack, kind="corrected", delta=0, sessions_used=4, request_id=event.request_id
    )

    (line,) = violation_lines()

    assert f"the request {event.request_id} has 2 events and may have 1" in line
    assert f"events {event.pk} and {again}. " in line
    assert "restore a_request_has_one_event" in line


def test_event_of_another_purchases_request_is_reported(pack: Purchase, mia: User) -> None:
    other = make_purchase(org=pack.org)
    event = used_by(mia, other)
    rows("ALTER TABLE session_events DROP CONSTRAINT a_request_has_one_event")
    event_id = write_event(
        pack, kind="corrected", delta=0, sessions_used=3, request_id=event.request_id
    )

    (line,) = violation_lines()

    assert (
        f"{pack.pk}, Zoë Li: event {event_id} is here, and its request {event.request_id}" in line
    )
    assert f"is for the purchase {other.pk}" in line


def test_use_reversed_twice_is_reported(pack: Purchase, mia: User) -> None:
    use = used_by(mia, pack)
    reinstatement = reinstated_by(mia, pack)
    rows("ALTER TABLE session_events DROP CONSTRAINT an_event_is_reversed_once")
    again = write_event(pack, kind="reinstated", delta=-1, sessions_used=2, reverses_id=use.pk)
    change_unrecorded(pack, "sessions_used = 2")

    (line,) = violation_lines()

    assert f"event {use.pk} is reversed 2 times and may be once" in line
    assert f"events {reinstatement.pk} and {again}. " in line


def test_reversal_of_another_purchase_is_reported(pack: Purchase, mia: User) -> None:
    other = make_purchase(org=pack.org)
    use = used_by(mia, other)
    constraint = "an_event_reverses_one_of_its_own_purchase"
    rows(f"ALTER TABLE session_events DROP CONSTRAINT {constraint}")
    event_id = write_event(pack, kind="reinstated", delta=-1, sessions_used=2, reverses_id=use.pk)
    change_unrecorded(pack, "sessions_used = 2")

    (line,) = violation_lines()

    assert f"{pack.pk}, Zoë Li: event {event_id} takes back event {use.pk}" in line
    assert f"which is of the purchase {other.pk}" in line
