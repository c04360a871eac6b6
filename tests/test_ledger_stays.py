"""The ledger is append-only, and a backfill records purchases that are older than the ledger."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from purchases.models import Org, Purchase
from studio.models import User
from tests.database import another_connection, rows, value
from tests.factories import make_org, make_purchase, make_purchases
from tests.ledger import lines, newest, unguarded, used_by

TABLES = pytest.mark.parametrize("table", ["session_events", "session_requests"])
CHANGES = pytest.mark.parametrize(
    "change",
    [
        "UPDATE {} SET purchase_id = gen_random_uuid()",
        "UPDATE {} SET purchase_id = purchase_id WHERE false",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "MERGE INTO {} AS gone USING (VALUES (1)) AS one (n) ON true WHEN MATCHED THEN DELETE",
    ],
)
opening = import_module("purchases.migrations.0015_open_older_purchases")


# --- Append-only ----------------------------------------------------------------------------------


@TABLES
@CHANGES
@pytest.mark.parametrize("session_role", ["origin", "replica", "local"])
def test_even_a_superuser_cannot_change_or_delete_an_event(
    northside: Org, mia: User, table: str, change: str, session_role: str
) -> None:
    pack = make_purchase(org=northside)
    used_by(mia, pack)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    assert value("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    before = rows(f"SELECT * FROM {table}")

    rows(f"SET LOCAL session_replication_role = {session_role}")
    with (
        pytest.raises(IntegrityError, match=f"of {table} is forbidden: the table is append-only"),
        transaction.atomic(),
    ):
        rows(change.format(table))
    assert rows(f"SELECT * FROM {table}") == before != []


@pytest.mark.parametrize("model", ["client", "offer", "org"])
def test_events_do_not_block_deletes_of_other_rows(northside: Org, model: str) -> None:
    """Clients, offers and orgs can be deleted after their purchases: events do not block it."""
    pack = make_purchase(org=northside)
    Purchase.objects.all().delete()
    {"client": pack.client, "offer": pack.offer, "org": pack.client}[model].delete()

    assert lines(pack) == [("opened", 3, 3), ("deleted", -3, 0)]


# --- The backfill ---------------------------------------------------------------------------------


def make_older(org: Org, *, count: int = 1, **columns: int | None) -> list[Purchase]:
    """Create purchases without events, as they were before the ledger existed."""
    with unguarded("client_purchases"):
        return make_purchases(org=org, count=count, **columns)


@pytest.mark.parametrize("used", [3, None])
@pytest.mark.parametrize("change", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_first_change_of_an_older_purchase_records_its_previous_count(
    northside: Org, change: str, used: int | None
) -> None:
    (pack,) = make_older(northside, sessions_used=used)
    was = used or 0

    rows("SET CONSTRAINTS ALL IMMEDIATE")
    match change:
        case "UPDATE":
            rows("UPDATE client_purchases SET sessions_used = 4")
            event = ("corrected", 4 - was, 4)
        case "DELETE":
            rows("DELETE FROM client_purchases")
            event = ("deleted", -was, 0)
        case _:
            rows("TRUNCATE client_purchases")
            event = ("deleted", -was, 0)

    assert lines(pack) == [("opened", was, used), event]


def open_all(monkeypatch: pytest.MonkeyPatch, *, batch: int) -> None:
    monkeypatch.setattr(opening, "BATCH", batch)
    with connection.schema_editor() as editor:
        opening.open_older_purchases(None, editor)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_the_backfill_records_each_older_purchase_once_even_if_it_runs_twice(
    northside: Org, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    older = make_older(northside, count=count) + make_older(northside, sessions_used=None)
    newer = make_purchase(org=northside, used=5)

    for _ in range(2):
        open_all(monkeypatch, batch=2)
        counts = [pack.sessions_used for pack in older]
        assert [lines(pack) for pack in older] == [[("opened", n or 0, n)] for n in counts]
        assert lines(newer) == [("opened", 5, 5)]


def test_an_interrupted_backfill_continues(northside: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    older = make_older(northside, count=5)
    half = Purchase.objects.order_by("pk")[2]
    rows(opening.OPEN, [half.pk])

    open_all(monkeypatch, batch=2)

    assert [lines(pack) for pack in older] == [[("opened", 3, 3)]] * 5
    assert newest(half).db_role == value("SELECT session_user")


@pytest.mark.django_db(transaction=True)
def test_the_backfill_waits_for_a_concurrent_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (pack,) = make_older(make_org())
    monkeypatch.setattr(opening, "BATCH", 2)

    with another_connection() as program, connection.cursor() as cursor:
        program.execute("BEGIN")
        program.execute("UPDATE client_purchases SET sessions_used = 4")
        cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(Exception, match="lock timeout"):
            open_all(monkeypatch, batch=2)
        program.execute("COMMIT")
        cursor.execute("RESET lock_timeout")
        open_all(monkeypatch, batch=2)

    assert lines(pack) == [("opened", 3, 3), ("corrected", 1, 4)]
