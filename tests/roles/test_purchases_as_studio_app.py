"""The web process changes purchases only through the functions, and fills no column that the
database fills."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError

from purchases.models import Org
from studio.database import grants
from studio.models import User
from tests.database import acting_as, rows, value
from tests.factories import make_purchase

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


def test_an_undo_without_an_event_is_refused(studio_roles: None, northside: Org) -> None:
    purchase = make_purchase(org=northside, used=3)

    with acting_as(grants.APP):
        assert value("SELECT undo_event(%s, NULL)", purchase.pk) == -1
        assert value("SELECT undo_event(%s, 0)", purchase.pk) == -1
        assert value("SELECT undo_change(%s, 0)", purchase.pk) == "changed_since"
