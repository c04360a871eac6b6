"""An offer is sold and retired at the same time. The negative control sells without the lock."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from purchases.models import Client, Offer, SessionRequest
from purchases.operations.sales import SELL
from studio.models import User
from tests.database import value
from tests.integrity.schedule import Connection, patient, run

pytestmark = pytest.mark.django_db(transaction=True)


def sale(
    mia: User, client: Client, offer: Offer, change: Callable[[str], str] = patient
) -> Callable[[Connection], Any]:
    """Return a call that sells the offer unless it is retired, and returns whether it did."""
    values = {
        **dict.fromkeys(["event_id", "reason", "payment_method", "expires_at"]),
        "request_id": uuid4(),
        "operation": SessionRequest.Operation.SELL.value,
        "purchase_id": uuid4(),
        "actor_id": mia.pk,
        "note": "",
        "refuses_retired": True,
        "to_client_id": client.pk,
        "offer_id": offer.pk,
        "org_id": offer.org_id,
        "sessions_total": 10,
        "amount_paid_cents": 18000,
        "currency": "aud",
        "payment_status": "succeeded",
        "purchased_at": timezone.now(),
    }

    def call(connection: Connection) -> Any:
        row = connection.execute(change(SELL), values).fetchone()
        return row and row[0]

    return call


def retirement(offer: Offer) -> Callable[[Connection], Any]:
    def call(connection: Connection) -> Any:
        update = "UPDATE offers SET is_active = false WHERE id = %s"
        return connection.execute(update, [offer.pk]).rowcount

    return call


def unlocked(statement: str) -> str:
    """Return the statement without its lock of the offer."""
    changed = patient(statement).replace("FOR SHARE", "")
    assert "FOR SHARE" not in changed
    return changed


def test_a_sale_during_a_retirement_waits_and_is_refused(
    mia: User, ana: Client, offer: Offer
) -> None:
    outcome = run(retirement(offer), sale(mia, ana, offer), "COMMIT")

    assert (outcome.waited, outcome.second) == (True, None)
    assert value("SELECT refusal FROM session_requests") == "offer_retired"
    assert value("SELECT count(*) FROM client_purchases") == 0


def test_a_sale_after_a_retirement_that_was_rolled_back_succeeds(
    mia: User, ana: Client, offer: Offer
) -> None:
    outcome = run(retirement(offer), sale(mia, ana, offer), "ROLLBACK")

    assert (outcome.waited, outcome.second) == (True, True)
    assert value("SELECT count(*) FROM client_purchases") == 1


def test_a_retirement_waits_for_the_sale_that_read_the_offer(
    mia: User, ana: Client, offer: Offer
) -> None:
    outcome = run(sale(mia, ana, offer), retirement(offer), "COMMIT")

    assert (outcome.first, outcome.waited, outcome.second) == (True, True, 1)


def test_without_the_lock_a_retired_offer_is_sold(mia: User, ana: Client, offer: Offer) -> None:
    outcome = run(retirement(offer), sale(mia, ana, offer, unlocked), "COMMIT")

    assert (outcome.waited, outcome.second) == (False, True)
