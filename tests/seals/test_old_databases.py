"""Transaction ids that say little: a restored dump, and events from before they were recorded."""

import pytest

from purchases import seals
from purchases.models import Org, Purchase
from tests.database import rows, value
from tests.factories import make_purchase
from tests.seals.sealing import named, seal_now, without_guards

pytestmark = [pytest.mark.breaks_the_ledger, pytest.mark.usefixtures("transactional_db")]

# A copy of the oldest event, written by the transaction of this statement.
INSERT_COPY = """
    INSERT INTO session_events (org_id, purchase_id, kind, delta, sessions_used, db_role,
        occurred_at, xact_id)
    SELECT org_id, purchase_id, 'corrected', 1, sessions_used, db_role, occurred_at, {}
    FROM session_events ORDER BY id LIMIT 1 RETURNING id
"""


def restore_from_a_cluster_with_greater_transaction_ids() -> None:
    """Rewrite the only seal as it would be after years of transactions elsewhere."""
    with without_guards():
        for table, column in [
            ("session_events", "xact_id"),
            ("purchase_events", "xact_id"),
            ("seals", "xact_id"),
        ]:
            rows(f"UPDATE {table} SET {column} = '5000000000'")
        rows("UPDATE seals SET snapshot = '5000000001:5000000001:'")
        rows(
            "UPDATE seal_leaves SET leaf = sha256(convert_to(content, 'UTF8')) FROM ledger_rows()"
            " AS line WHERE (line.ledger, line.row_id) = (seal_leaves.ledger, seal_leaves.row_id)"
        )
        rows(
            "UPDATE seals SET digest = (SELECT sha256(string_agg(leaf, '' ORDER BY ledger,"
            " length(row_id), row_id)) FROM seal_leaves WHERE seal_id = seals.id)"
        )
        rows(
            "UPDATE seals SET hash = seal_hash(NULL, org_id, day, lines, ARRAY["
            "last_session_event_id, last_expiry_event_id, last_purchase_event_id], digest, ends_at,"
            " sealed_at, xact_id, snapshot)"
        )


@pytest.fixture
def restored(northside: Org) -> Purchase:
    """Return a purchase that was sealed before the dump, used after it, and sealed again."""
    pack = make_purchase(org=northside)
    seal_now()
    restore_from_a_cluster_with_greater_transaction_ids()
    rows("SELECT use_session(%s)", pack.pk)
    assert seals.check() == []
    seal_now()
    rows("SELECT use_session(%s)", pack.pk)
    return pack


def test_honest_rows_raise_no_alarm_after_a_restore(restored: Purchase) -> None:
    assert seals.check() == []
    seal_now()
    assert seals.check() == []
    assert value("SELECT count(*) FROM seals") == 3


@pytest.mark.parametrize("xact_id", ["pg_current_xact_id()", "'5000000000'", "'9000000000'"])
def test_an_inserted_row_is_named_after_a_restore(restored: Purchase, xact_id: str) -> None:
    event_id = value(INSERT_COPY.format(xact_id))

    assert named(seals.check()) == {("session_events", str(event_id))}


def test_events_without_a_transaction_id_are_sealed(northside: Org) -> None:
    pack = make_purchase(org=northside)
    with without_guards():
        rows("UPDATE session_events SET xact_id = NULL")
    seal_now()
    rows("SELECT use_session(%s)", pack.pk)
    assert seals.check() == []

    event_id = value(INSERT_COPY.format("NULL"))

    assert named(seals.check()) == {("session_events", str(event_id))}
