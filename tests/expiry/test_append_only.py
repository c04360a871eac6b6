"""The expiry ledger is append-only, and constraints reject contradictory events."""

import pytest
from django.db import IntegrityError, transaction

from purchases.models import Org, Purchase
from studio.models import User
from tests.database import rows
from tests.expiry.extensions import extended_by, extension_undone_by
from tests.factories import make_purchase


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE expiry_events SET expires_at = now()",
        "UPDATE expiry_events SET db_role = db_role WHERE false",
        "DELETE FROM expiry_events",
        "TRUNCATE expiry_events CASCADE",
    ],
)
@pytest.mark.parametrize("session_role", ["origin", "replica"])
def test_superuser_cannot_change_or_delete_an_expiry_event(
    mia: User, pack: Purchase, change: str, session_role: str
) -> None:
    extended_by(mia, pack)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    before = rows("SELECT * FROM expiry_events")

    rows(f"SET LOCAL session_replication_role = {session_role}")
    with (
        pytest.raises(
            IntegrityError, match="of expiry_events is forbidden: the table is append-only"
        ),
        transaction.atomic(),
    ):
        rows(change)
    assert rows("SELECT * FROM expiry_events") == before != []


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ("'lost', now(), NULL, NULL", "expiry_events_kind_is_known"),
        ("'corrected', now(), now(), NULL", "expiry_events_are_changes"),
        ("'extended', now(), now() - interval '1 day', NULL", "an_extension_is_never_shorter"),
        ("'extended', NULL, now(), NULL", "an_extension_is_never_shorter"),
        ("'undone', now(), NULL, NULL", "expiry_events_an_undo_reverses_an_extension"),
        ("'corrected', now(), NULL, {event}", "expiry_events_an_undo_reverses_an_extension"),
        ("'undone', now(), NULL, {undone}", "an_extension_is_undone_once"),
        ("'undone', now(), NULL, {other}", "an_undo_is_of_an_extension_of_its_own_purchase"),
    ],
)
def test_constraints_reject_contradictory_events(
    mia: User, northside: Org, pack: Purchase, columns: str, constraint: str
) -> None:
    other = extended_by(mia, make_purchase(org=northside, expires_at=pack.expires_at))
    undone = extended_by(mia, pack)
    extension_undone_by(mia, undone)
    event = extended_by(mia, pack)
    values = columns.format(event=event.pk, undone=undone.pk, other=other.pk)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows(
            "INSERT INTO expiry_events (org_id, purchase_id, kind, expires_before, expires_at,"
            f" reverses_id, db_role) SELECT org_id, id, {values}, 'a test'"
            f" FROM client_purchases WHERE id = '{pack.pk}'"
        )
