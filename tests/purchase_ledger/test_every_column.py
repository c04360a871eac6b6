"""Every column of a purchase is recorded in a ledger, or a reason says why not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from purchases.models import ExpiryEvent, Org, PurchaseEvent, SessionEvent
from purchases.models.purchase_event import RECORDED
from tests.database import acting_as, make_role, rows, value
from tests.factories import make_client, make_offer, make_org, make_purchase
from tests.ledger import unguarded

# The columns that no event records, and why.
NOT_RECORDED = {"sessions_remaining": "the database computes it from two recorded columns"}


def new_values(org: Org) -> dict[str, Any]:
    """Return a new value for each recorded column of a purchase."""
    other = make_org(name="Southside Yoga")
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return {
        "id": "00000000-0000-0000-0000-000000000001",
        "org_id": other.pk,
        "client_id": make_client(org=org).pk,
        "offer_id": make_offer(org=org).pk,
        "amount_paid_cents": 1,
        "currency": "eur",
        "sessions_total": 11,
        "sessions_used": 4,
        "purchased_at": moment,
        "expires_at": moment,
        "payment_status": "failed",
        "payment_method": "cash",
        "created_at": moment,
    }


def event_count() -> int:
    ledgers: list[Any] = [SessionEvent, ExpiryEvent, PurchaseEvent]
    return sum(ledger.objects.count() for ledger in ledgers)


def recorded(column: str) -> object:
    """Return a column of the newest event."""
    return value(f"SELECT {column} FROM purchase_events ORDER BY id DESC LIMIT 1")


def test_every_column_is_recorded_or_has_a_reason_why_not(northside: Org) -> None:
    """A new column fails here until somebody decides whether a ledger records it."""
    columns = rows(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = 'client_purchases'"
    )

    assert {name for (name,) in columns} == {*new_values(northside), *NOT_RECORDED}


@pytest.mark.parametrize(
    "column",
    ["id", "sessions_used", "expires_at", *RECORDED],
)
def test_update_by_another_program_is_recorded_under_its_role(northside: Org, column: str) -> None:
    purchase = make_purchase(org=northside)
    after = new_values(northside)[column]
    before = event_count()
    role = make_role("SELECT, UPDATE ON client_purchases")
    with acting_as(role):
        rows(f"UPDATE client_purchases SET {column} = %s WHERE id = %s", after, purchase.pk)

    assert event_count() > before
    if column in RECORDED:
        event = PurchaseEvent.objects.latest("pk")
        assert (event.kind, event.db_role, event.request_id) == ("corrected", role, None)
        differing = [name for name in RECORDED if recorded(name) != recorded(f"{name}_before")]
        assert differing == [column]
        assert recorded(f"{column}_before") == getattr(purchase, column)
        assert str(recorded(column)) == str(after)


def test_update_that_changes_nothing_writes_no_event(northside: Org) -> None:
    make_purchase(org=northside)
    before = event_count()

    rows("UPDATE client_purchases SET client_id = client_id, sessions_total = sessions_total")

    assert event_count() == before


def test_use_and_reinstatement_write_no_purchase_event(northside: Org) -> None:
    """The triggers of this ledger stay off the hot path."""
    purchase = make_purchase(org=northside)

    rows("SELECT use_session(%s), release_session(%s)", purchase.pk, purchase.pk)

    assert PurchaseEvent.objects.count() == 1


def test_change_by_a_before_trigger_of_another_program_is_recorded(northside: Org) -> None:
    make_purchase(org=northside)
    rows(
        "CREATE FUNCTION raise_total() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.sessions_total := 12; RETURN NEW; END';"
        " CREATE TRIGGER raise_total BEFORE UPDATE ON client_purchases"
        " FOR EACH ROW EXECUTE FUNCTION raise_total()"
    )
    rows("UPDATE client_purchases SET payment_method = payment_method")

    assert PurchaseEvent.objects.latest("pk").sessions_total == 12


def test_change_by_a_replica_session_is_recorded(northside: Org) -> None:
    make_purchase(org=northside)
    rows("SET LOCAL session_replication_role = replica")
    rows("UPDATE client_purchases SET sessions_total = 12")

    assert PurchaseEvent.objects.latest("pk").sessions_total == 12


def test_insert_delete_and_truncate_are_recorded(northside: Org) -> None:
    one, two = make_purchase(org=northside), make_purchase(org=northside)
    rows("DELETE FROM client_purchases WHERE id = %s", one.pk)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    rows("TRUNCATE client_purchases CASCADE")

    events = PurchaseEvent.objects.order_by("pk").values_list("purchase_id", "kind")
    assert list(events) == [
        (one.pk, "opened"),
        (two.pk, "opened"),
        (one.pk, "deleted"),
        (two.pk, "deleted"),
    ]


@pytest.mark.parametrize("change", ["DELETE FROM", "UPDATE", "TRUNCATE"])
def test_ledger_is_append_only(northside: Org, change: str) -> None:
    make_purchase(org=northside)
    statement = {
        "DELETE FROM": "DELETE FROM purchase_events",
        "UPDATE": "UPDATE purchase_events SET kind = 'sold'",
        "TRUNCATE": "TRUNCATE purchase_events CASCADE",
    }[change]

    with pytest.raises(Exception, match="the table is append-only"):
        rows(statement)


@pytest.mark.breaks_the_ledger
def test_purchase_older_than_the_ledger_is_opened_with_its_state_before(northside: Org) -> None:
    with unguarded("client_purchases"):
        purchase = make_purchase(org=northside, used=0)
    rows("UPDATE client_purchases SET sessions_total = 12 WHERE id = %s", purchase.pk)

    opened, corrected = PurchaseEvent.objects.order_by("pk")
    assert (opened.kind, opened.sessions_total) == ("opened", 10)
    assert (corrected.sessions_total_before, corrected.sessions_total) == (10, 12)
    assert value("SELECT sessions_total FROM purchase_as_of(%s)", purchase.pk) == 12
