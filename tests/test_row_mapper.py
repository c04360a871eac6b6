"""RowMapper makes the objects that the ORM makes of the same rows."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.test import Client as Browser
from django.utils import timezone

from purchases.models import Client, Offer, Org, Purchase
from purchases.models.row_mapper import RowMapper
from purchases.queries.purchase import PURCHASE_ROW, SELECT_PURCHASE, get_purchase
from purchases.queries.purchases_of_clients import SELECT_PURCHASES
from studio.accounts.session import SELECT_SESSION, SESSION_ROW
from studio.models import Membership, Policy, Session, User
from tests.database import rows
from tests.factories import make_client, make_offer, make_purchase, make_user
from tests.shared_desk.people import give_pin, take_over


def columns_in(statement: str) -> str:
    """Return a statement on one line, from the first column on."""
    return re.sub(r"\s+", " ", statement).removeprefix("SELECT ")


@pytest.mark.parametrize(
    ("mapper", "statement"),
    [
        (PURCHASE_ROW, SELECT_PURCHASE),
        (PURCHASE_ROW, SELECT_PURCHASES),
        (SESSION_ROW, SELECT_SESSION),
    ],
    ids=["select_purchase.sql", "select_purchases_of_clients.sql", "select_session.sql"],
)
def test_the_statement_lists_the_columns_of_its_mapper(mapper: RowMapper, statement: str) -> None:
    expected = ", ".join(mapper.columns)
    listed = columns_in(statement)
    assert re.match(re.escape(expected) + r"(,| FROM)", listed), (
        f"a model has changed: the statement has to begin with these columns: {expected}"
    )


@pytest.mark.parametrize("model", [Purchase, Client, Offer, Org, Policy, Membership, User, Session])
def test_no_field_needs_a_conversion_that_the_mapper_does_not_make(
    model: type[models.Model],
) -> None:
    assert [field for field in model._meta.concrete_fields if hasattr(field, "from_db_value")] == []


def values(row: models.Model) -> dict[str, Any]:
    """Return every column of an object, and its database as Django knows it."""
    assert row.get_deferred_fields() == set()
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {**fields, "model": type(row), "db": row._state.db, "adding": row._state.adding}


TIMESTAMPS = ["infinity", "-infinity", "290000-01-01", "0500-01-01 BC", "2026-02-28 12:30+11"]


@pytest.mark.parametrize("timestamp", TIMESTAMPS)
def test_a_purchase_equals_that_of_the_orm(northside: Org, timestamp: str) -> None:
    client = make_client(org=northside, email="ana@example.com", phone="0412 345 678")
    purchase = make_purchase(org=northside, client=client, offer=make_offer(org=northside))
    for table, column in [
        ("client_purchases", "expires_at"),
        ("client_purchases", "purchased_at"),
        ("clients", "created_at"),
        ("offers", "updated_at"),
    ]:
        rows(f"UPDATE {table} SET {column} = %s::text::timestamptz RETURNING id", timestamp)

    mapped = get_purchase(purchase.pk, org_id=northside.pk)

    assert mapped is not None
    expected = Purchase.objects.select_related("client", "offer").get(pk=purchase.pk)
    assert values(mapped) == values(expected)
    assert values(mapped.client) == values(expected.client)
    assert values(mapped.offer) == values(expected.offer)


def test_nulls_equal_those_of_the_orm(northside: Org) -> None:
    purchase = make_purchase(org=northside, total=None, used=None, payment_status=None)

    mapped = get_purchase(purchase.pk, org_id=northside.pk)

    assert mapped is not None
    expected = Purchase.objects.select_related("client", "offer").get(pk=purchase.pk)
    assert values(mapped) == values(expected)
    assert (mapped.sessions_remaining, mapped.expires_at, mapped.client.email) == (None, None, None)


def session_row() -> list[Any]:
    session = Session.objects.get()
    now = timezone.now() - timedelta(days=1)
    row = SESSION_ROW.first(SELECT_SESSION, {"key": session.session_key, "now": now})
    assert row is not None
    return row[:7]


def test_a_session_and_its_people_equal_those_of_the_orm(
    northside: Org, mia: User, desk: Browser
) -> None:
    noah = make_user(username="noah", org=northside)
    Policy.objects.create(org=northside, time_zone="Australia/Sydney")
    for user in (mia, noah):
        give_pin(user)
    take_over(desk, noah)
    expected = [
        Session.objects.get(),
        User.objects.get(pk=mia.pk),
        Membership.objects.get(user=mia),
        Org.objects.get(pk=northside.pk),
        Policy.objects.get(org=northside),
        Membership.objects.get(user=noah),
        User.objects.get(pk=noah.pk),
    ]

    assert [values(row) for row in session_row()] == [values(row) for row in expected]


def test_a_row_that_an_outer_join_did_not_find_is_none(
    northside: Org, mia: User, desk: Browser
) -> None:
    session, person, member, org, *others = session_row()
    assert (person, member, org) == (mia, mia.membership, northside)
    assert others == [None, None, None]

    mia.membership.delete()
    session, person, *others = session_row()
    assert person == mia
    assert others == [None] * 5

    Session.objects.update(user=None)
    session, *others = session_row()
    assert session == Session.objects.get()
    assert others == [None] * 6


def test_without_a_row_there_are_no_objects(northside: Org, southside: Org) -> None:
    purchase = make_purchase(org=northside)
    assert get_purchase(purchase.pk, org_id=southside.pk) is None
