"""`check_ledger` compares every offer with its ledger."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from purchases import invariants
from purchases.models import Offer, Org
from tests.database import rows
from tests.factories import make_offer
from tests.ledger import unguarded

pytestmark = [pytest.mark.django_db, pytest.mark.breaks_the_ledger]


@pytest.fixture
def ten(northside: Org) -> Offer:
    return make_offer(org=northside, name="Ten")


def found_and_repaired() -> str:
    """Return the only finding, after its remedy was run and the check found nothing more."""
    (violation,) = invariants.check_offers()
    rows(violation.remedy.partition(": ")[2])
    assert invariants.check_offers() == []
    return f"{violation.name}: {violation.wrong}"


def test_an_offer_and_its_changes_break_nothing(ten: Offer) -> None:
    rows("UPDATE offers SET name = 'Eleven', updated_at = now()")
    rows("UPDATE offers SET is_active = NOT is_active")
    rows("UPDATE offers SET id = gen_random_uuid()")
    rows("DELETE FROM offers WHERE id = %s", ten.pk)

    assert invariants.check_offers() == []


def test_a_changed_price_without_an_event_is_found(ten: Offer) -> None:
    with unguarded("offers"):
        rows("UPDATE offers SET price_cents = 1, name = 'Forged'")

    found = found_and_repaired()

    assert found.startswith("Forged: its name and price_cents differ from offer event")


def test_an_offer_deleted_without_an_event_is_found(ten: Offer) -> None:
    with unguarded("offers"):
        rows("DELETE FROM offers")

    assert "deleted: the offer is gone" in found_and_repaired()


def test_an_offer_that_returned_without_an_event_is_found(ten: Offer) -> None:
    rows("DELETE FROM offers")
    with unguarded("offers"):
        rows(
            "INSERT INTO offers (id, org_id, name, offer_type, price_cents)"
            " VALUES (%s, %s, 'Back', 'single_session', 0)",
            ten.pk,
            ten.org_id,
        )

    assert "deleted the offer, and it exists" in found_and_repaired()


def test_a_change_between_two_events_is_found_by_the_command(ten: Offer) -> None:
    with unguarded("offers"):
        rows("UPDATE offers SET price_cents = 1")
    rows("UPDATE offers SET price_cents = 2")
    out = StringIO()

    with pytest.raises(CommandError, match="1 violation found"):
        call_command("check_ledger", stdout=out)

    assert "does not continue the event before it" in out.getvalue()
