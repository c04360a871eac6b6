"""The audit trigger records every change of an expiry, also changes by other programs."""

from datetime import datetime

import pytest
from django.utils import timezone

from purchases.models import ExpiryEvent, Org, Purchase
from studio.models import User
from tests.database import acting_as, make_role, rows
from tests.expiry.extensions import expiry_lines, extended_by
from tests.factories import make_purchase
from tests.ledger import fresh, reinstated_by, unguarded, used_by
from tests.purchase_kinds import DAY


def expiry_lines_as_text(pack: Purchase) -> list[tuple[str, str]]:
    """Return the expiries before and after as text, because datetime has no infinity."""
    return rows(
        "SELECT coalesce(expires_before::text, 'never'), coalesce(expires_at::text, 'never')"
        " FROM expiry_events WHERE purchase_id = %s ORDER BY id",
        pack.pk,
    )


def test_plain_update_is_a_correction_by_the_db_role(pack: Purchase) -> None:
    role = make_role("SELECT, UPDATE ON client_purchases")
    with acting_as(role):
        rows("UPDATE client_purchases SET expires_at = NULL")

    (event,) = ExpiryEvent.objects.all()
    assert (event.kind, event.expires_before, event.expires_at) == (
        "corrected",
        pack.expires_at,
        None,
    )
    assert (event.db_role, event.org_id, event.request_id) == (role, pack.org_id, None)


def test_event_names_the_subject_of_a_jwt(pack: Purchase) -> None:
    rows("SELECT set_config('request.jwt.claims', '{\"sub\": \"5f3c\"}', true)")
    rows("UPDATE client_purchases SET expires_at = NULL")

    assert ExpiryEvent.objects.get().db_role.endswith(" for 5f3c")


@pytest.mark.parametrize(
    "change",
    [
        "SET payment_status = 'refunded'",
        "SET expires_at = expires_at",
        "SET sessions_used = 4",
        "SET org_id = org_id, expires_at = expires_at",
    ],
)
def test_unchanged_expiry_writes_no_event(pack: Purchase, change: str) -> None:
    rows(f"UPDATE client_purchases {change}")

    assert expiry_lines(pack) == []


def test_use_and_reinstate_write_no_expiry_event(mia: User, pack: Purchase) -> None:
    used_by(mia, pack)
    reinstated_by(mia, pack)

    assert expiry_lines(pack) == []


def test_infinite_expiries_are_recorded(pack: Purchase) -> None:
    for expires_at in ("infinity", "-infinity", None):
        rows("UPDATE client_purchases SET expires_at = %s", expires_at)

    assert [after for _, after in expiry_lines_as_text(pack)] == ["infinity", "-infinity", "never"]
    assert len(ExpiryEvent.objects.all()) == 3, "the ORM can load them"


def test_forged_application_name_is_recorded_as_a_correction(pack: Purchase) -> None:
    rows("SET LOCAL application_name = 'studio: reinstate'")
    rows("UPDATE client_purchases SET expires_at = expires_at + interval '1 day'")

    assert ExpiryEvent.objects.get().kind == "corrected"


def test_insert_and_delete_write_no_expiry_event(pack: Purchase) -> None:
    pack.delete()

    assert ExpiryEvent.objects.count() == 0


def test_reinserted_purchase_continues_its_ledger(mia: User, pack: Purchase) -> None:
    extended = extended_by(mia, pack)
    copy = fresh(pack)
    Purchase.objects.all().delete()
    copy.expires_at = pack.expires_at
    copy.save(force_insert=True)

    assert expiry_lines(pack)[1:] == [("corrected", extended.expires_at, pack.expires_at)]


def test_purchase_reinserted_unchanged_has_no_new_event(mia: User, pack: Purchase) -> None:
    extended_by(mia, pack)
    copy = fresh(pack)
    Purchase.objects.all().delete()
    copy.save(force_insert=True)

    assert len(expiry_lines(pack)) == 1


def test_every_row_of_a_bulk_update_is_recorded(northside: Org, pack: Purchase) -> None:
    other = make_purchase(org=northside, expires_at=None)
    expires_at = datetime(2031, 1, 1, tzinfo=timezone.get_current_timezone())

    rows("UPDATE client_purchases SET expires_at = %s", expires_at)

    assert expiry_lines(pack) == [("corrected", pack.expires_at, expires_at)]
    assert expiry_lines(other) == [("corrected", None, expires_at)]


def test_change_by_a_replica_session_is_recorded(pack: Purchase) -> None:
    rows("SET LOCAL session_replication_role = replica")
    rows("UPDATE client_purchases SET expires_at = NULL")

    assert len(expiry_lines(pack)) == 1


def test_purchase_older_than_the_ledger_starts_with_its_first_change(
    northside: Org, mia: User
) -> None:
    with unguarded("client_purchases"):
        pack = make_purchase(org=northside, used=0, expires_at=timezone.now() + DAY)
    event = extended_by(mia, pack)

    assert expiry_lines(pack) == [("extended", pack.expires_at, event.expires_at)]
    used_by(mia, pack)
