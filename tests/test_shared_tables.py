"""The schema of the four tables that other programs share."""

from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from purchases.models import Org
from tests.database import rows, value
from tests.factories import make_offer, make_purchase

TABLES = {
    "orgs": """
        id                  uuid         NO   gen_random_uuid()
        created_at          timestamptz  NO   now()
        name                text         NO   -
        slug                text         NO   -
    """,
    "clients": """
        id                  uuid         NO   gen_random_uuid()
        org_id              uuid         NO   -
        created_at          timestamptz  NO   now()
        full_name           text         NO   -
        email               text         YES  -
        phone               text         YES  -
        status              text         NO   'active'
        notes               text         YES  -
    """,
    "offers": """
        id                  uuid         NO   gen_random_uuid()
        org_id              uuid         NO   -
        name                text         NO   -
        description         text         YES  -
        offer_type          text         NO   -
        price_cents         int4         NO   -
        currency            text         NO   'aud'
        sessions_included   int4         YES  -
        bonus_sessions      int4         YES  0
        pack_validity_days  int4         YES  -
        is_active           bool         YES  true
        created_at          timestamptz  NO   now()
        updated_at          timestamptz  NO   now()
    """,
    "client_purchases": """
        id                  uuid         NO   gen_random_uuid()
        org_id              uuid         NO   -
        client_id           uuid         NO   -
        offer_id            uuid         NO   -
        amount_paid_cents   int4         NO   -
        currency            text         NO   'aud'
        sessions_total      int4         YES  -
        sessions_used       int4         YES  0
        sessions_remaining  int4         YES  (sessions_total-sessions_used)
        purchased_at        timestamptz  NO   now()
        expires_at          timestamptz  YES  -
        payment_status      text         YES  'pending'
        payment_method      text         YES  -
        created_at          timestamptz  NO   now()
    """,
}


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_a_shared_table_has_exactly_these_columns(table: str) -> None:
    """Compare name, type, nullability, and default or generation expression."""
    columns = rows(
        "SELECT column_name, udt_name, is_nullable,"
        " replace(replace(coalesce(column_default, generation_expression, '-'), ' ', ''),"
        " '::text', '')"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s",
        table,
    )

    assert sorted(columns) == sorted(
        tuple(line.split()) for line in TABLES[table].strip().splitlines()
    )


@pytest.mark.django_db
def test_sessions_remaining_is_a_stored_generated_column() -> None:
    query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attgenerated = 's'"

    assert rows(query, "client_purchases") == [("sessions_remaining",)]


@pytest.mark.django_db
def test_an_insert_without_an_id_gets_every_default() -> None:
    org = value("INSERT INTO orgs (name, slug) VALUES ('Northside', 'northside') RETURNING id")
    client = value(
        "INSERT INTO clients (org_id, full_name) VALUES (%s, 'Ana Ruiz') RETURNING id", org
    )
    offer = value(
        "INSERT INTO offers (org_id, name, offer_type, price_cents)"
        " VALUES (%s, '10-class pack', 'session_pack', 20000) RETURNING id",
        org,
    )
    (purchase,) = rows(
        "INSERT INTO client_purchases (org_id, client_id, offer_id, amount_paid_cents,"
        " sessions_total) VALUES (%s, %s, %s, 20000, 10)"
        " RETURNING id, currency, sessions_used, sessions_remaining, purchased_at = now(),"
        " payment_status, created_at = now()",
        org,
        client,
        offer,
    )

    assert all(isinstance(key, UUID) for key in (org, client, offer, purchase[0]))
    assert len({org, client, offer, purchase[0]}) == 4
    assert purchase[1:] == ("aud", 0, 10, True, "pending", True)


@pytest.mark.parametrize(
    ("total", "used", "remaining"),
    [(10, 3, 7), (3, 3, 0), (None, 3, None), (10, None, None), (None, None, None)],
)
def test_sessions_remaining_follows_every_change(
    northside: Org, total: int | None, used: int | None, remaining: int | None
) -> None:
    make_purchase(org=northside, total=1, used=0)

    update = "UPDATE client_purchases SET sessions_total = %s, sessions_used = %s"
    assert rows(f"{update} RETURNING sessions_remaining", total, used) == [(remaining,)]


def test_sessions_remaining_of_a_malformed_count_is_negative(northside: Org) -> None:
    assert make_purchase(org=northside, total=10, used=12).sessions_remaining == -2


def test_sessions_remaining_cannot_be_written(northside: Org) -> None:
    make_purchase(org=northside)

    with pytest.raises(ProgrammingError, match="can only be updated to DEFAULT"):
        rows("UPDATE client_purchases SET sessions_remaining = 5")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE offers SET offer_type = 'gift'",
        "UPDATE client_purchases SET payment_status = 'paid'",
        "UPDATE client_purchases SET sessions_used = 11",
        "UPDATE client_purchases SET sessions_used = -1",
        "UPDATE client_purchases SET sessions_total = 2",
        "INSERT INTO orgs (name, slug) VALUES ('Another Northside', 'northside-pilates')",
        "UPDATE clients SET org_id = gen_random_uuid()",
        "UPDATE offers SET org_id = gen_random_uuid()",
        "UPDATE client_purchases SET org_id = gen_random_uuid()",
        "UPDATE client_purchases SET client_id = gen_random_uuid()",
        "UPDATE client_purchases SET offer_id = gen_random_uuid()",
    ],
)
def test_the_database_refuses_invalid_values(northside: Org, change: str) -> None:
    make_purchase(org=northside)
    # Check Django's deferred foreign keys immediately.
    rows("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError), transaction.atomic():
        rows(change)


@pytest.mark.parametrize("payment_status", ["pending", "succeeded", "failed", "refunded", None])
def test_every_payment_status_is_accepted(northside: Org, payment_status: str | None) -> None:
    make_purchase(org=northside, payment_status=payment_status)


@pytest.mark.parametrize("offer_type", ["subscription", "session_pack", "single_session"])
def test_every_offer_type_is_accepted(northside: Org, offer_type: str) -> None:
    make_offer(org=northside, offer_type=offer_type)
