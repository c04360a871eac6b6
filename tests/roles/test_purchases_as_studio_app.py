"""The web process changes purchases only through the functions, and fills no column that the
database fills."""

from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from purchases.models import Org
from studio.database import grants
from studio.models import User
from tests.database import acting_as, rows, see, value
from tests.factories import make_client, make_purchase
from tests.ledger import used_by

DENIED = pytest.raises(ProgrammingError, match="permission denied")


@pytest.mark.parametrize(
    "column",
    [
        *["id", "org_id", "client_id", "offer_id", "amount_paid_cents", "currency"],
        *["sessions_total", "sessions_used", "purchased_at", "expires_at", "payment_status"],
        *["payment_method", "created_at"],
    ],
)
def test_update_of_a_purchase_is_denied(studio_roles: None, northside: Org, column: str) -> None:
    make_purchase(org=northside)

    with DENIED, acting_as(grants.APP):
        rows(f"UPDATE client_purchases SET {column} = {column}")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO client_purchases DEFAULT VALUES",
        "DELETE FROM client_purchases",
        "INSERT INTO purchase_events DEFAULT VALUES",
        "DELETE FROM django_admin_log",
        "UPDATE django_admin_log SET change_message = ''",
        "INSERT INTO allowance_locks VALUES (gen_random_uuid())",
        "SELECT FROM allowance_locks",
    ],
)
def test_statement_is_denied(studio_roles: None, northside: Org, statement: str) -> None:
    with DENIED, acting_as(grants.APP):
        rows(statement)


@pytest.mark.parametrize(
    ("column", "forged"),
    [
        ("asked_at", "now() - interval '1 year'"),
        ("claimed_xact_id", "'1'::xid8"),
    ],
)
def test_columns_that_the_database_fills_cannot_be_inserted(
    studio_roles: None, mia: User, column: str, forged: str
) -> None:
    insert = (
        "INSERT INTO session_requests (request_id, operation, purchase_id, actor_id{column})"
        " VALUES (%s, 'use', %s, %s{forged})"
    )
    with acting_as(grants.APP):
        rows(insert.format(column="", forged=""), uuid4(), uuid4(), mia.pk)
    with DENIED, acting_as(grants.APP):
        rows(insert.format(column=f", {column}", forged=f", {forged}"), uuid4(), uuid4(), mia.pk)


@pytest.mark.parametrize(
    "call",
    [
        "correct_total(%s, 1000)",
        "correct_used(%s, -3)",
        "refund_purchase(%s)",
        "transfer_purchase(%s, (SELECT id FROM clients WHERE full_name = 'Ben Ode'))",
    ],
)
def test_a_function_of_the_site_needs_a_request(
    studio_roles: None, northside: Org, call: str
) -> None:
    """Otherwise the ledger would have a change without a name."""
    make_client(org=northside, name="Ben Ode")
    purchase = make_purchase(org=northside, used=3)

    see(northside)
    with pytest.raises(IntegrityError, match="needs a request"), acting_as(grants.APP):
        rows(f"SELECT {call}", purchase.pk)


def test_a_request_serves_no_other_operation(studio_roles: None, northside: Org, mia: User) -> None:
    purchase = make_purchase(org=northside, used=3)
    with acting_as(grants.APP):
        ask_for("use", purchase.pk, mia)
        with pytest.raises(IntegrityError, match="is not for the purchase"), transaction.atomic():
            rows("SELECT correct_used(%s, -3)", purchase.pk)


def test_an_undo_of_another_event_than_the_requested_one_changes_nothing(
    studio_roles: None, northside: Org, mia: User
) -> None:
    purchase = make_purchase(org=northside, used=3)
    one, other = used_by(mia, purchase), used_by(mia, purchase)
    with acting_as(grants.APP):
        ask_for("undo", purchase.pk, mia, one.pk)
        assert value("SELECT undo_event(%s, %s)", purchase.pk, other.pk) == -1
        assert value("SELECT undo_event(%s, %s)", purchase.pk, one.pk) == 4


def ask_for(operation: str, purchase_id: UUID, user: User, event_id: int | None = None) -> None:
    request_id = uuid4()
    rows(
        "INSERT INTO session_requests (request_id, operation, purchase_id, actor_id, event_id)"
        " VALUES (%s, %s, %s, %s, %s)",
        *(request_id, operation, purchase_id, user.pk, event_id),
    )
    rows("SELECT set_config('studio.request_id', %s, true)", str(request_id))


def test_an_undo_without_an_event_is_refused(studio_roles: None, northside: Org) -> None:
    purchase = make_purchase(org=northside, used=3)

    with acting_as(grants.APP):
        assert value("SELECT undo_event(%s, NULL)", purchase.pk) == -1
        assert value("SELECT undo_event(%s, 0)", purchase.pk) == -1
        assert value("SELECT undo_change(%s, 0)", purchase.pk) == "changed_since"
