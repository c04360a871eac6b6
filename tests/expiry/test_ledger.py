"""Every change of an expiry is an event, whatever program made it."""

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


def raw(pack: Purchase) -> list[tuple[str, str]]:
    """As PostgreSQL says it: Python has no infinity."""
    return rows(
        "SELECT coalesce(expires_before::text, 'never'), coalesce(expires_at::text, 'never')"
        " FROM expiry_events WHERE purchase_id = %s ORDER BY id",
        pack.pk,
    )


def test_a_plain_update_is_a_correction_by_its_login(pack: Purchase) -> None:
    role = make_role("SELECT, UPDATE ON client_purchases")
    with acting_as(role):
        rows("UPDATE client_purchases SET expires_at = NULL")

    (event,) = ExpiryEvent.objects.all()
    assert (event.kind, event.expires_before, event.expires_at) == (
        "corrected",
        pack.expires_at,
        None,
    )
    assert (event.made_by, event.org_id, event.request_id) == (role, pack.org_id, None)


def test_the_subject_of_a_token_is_named(pack: Purchase) -> None:
    rows("SELECT set_config('request.jwt.claims', '{\"sub\": \"5f3c\"}', true)")
    rows("UPDATE client_purchases SET expires_at = NULL")

    assert ExpiryEvent.objects.get().made_by.endswith(" for 5f3c")


@pytest.mark.parametrize(
    "change",
    [
        "SET payment_status = 'refunded'",
        "SET expires_at = expires_at",
        "SET sessions_used = 4",
        "SET org_id = org_id, expires_at = expires_at",
    ],
)
def test_what_leaves_the_expiry_as_it_is_writes_nothing(pack: Purchase, change: str) -> None:
    rows(f"UPDATE client_purchases {change}")

    assert expiry_lines(pack) == []


def test_what_the_desk_does_to_a_count_writes_nothing(mia: User, pack: Purchase) -> None:
    used_by(mia, pack)
    reinstated_by(mia, pack)

    assert expiry_lines(pack) == []


def test_infinities_are_recorded_as_they_are(pack: Purchase) -> None:
    for moment in ("infinity", "-infinity", None):
        rows("UPDATE client_purchases SET expires_at = %s", moment)

    assert [after for _, after in raw(pack)] == ["infinity", "-infinity", "never"]
    assert len(ExpiryEvent.objects.all()) == 3, "and can be read"


def test_a_program_that_takes_the_name_of_ours_corrects_all_the_same(pack: Purchase) -> None:
    rows("SET LOCAL application_name = 'studio: extended'")
    rows("UPDATE client_purchases SET expires_at = expires_at + interval '1 day'")

    assert ExpiryEvent.objects.get().kind == "corrected"


def test_a_new_purchase_and_a_deleted_one_have_no_event(pack: Purchase) -> None:
    pack.delete()

    assert ExpiryEvent.objects.count() == 0


def test_a_purchase_that_comes_back_under_its_old_id_goes_on_in_its_ledger(
    mia: User, pack: Purchase
) -> None:
    extended = extended_by(mia, pack)
    kept = fresh(pack)
    Purchase.objects.all().delete()
    kept.expires_at = pack.expires_at
    kept.save(force_insert=True)

    assert expiry_lines(pack)[1:] == [("corrected", extended.expires_at, pack.expires_at)]


def test_a_purchase_that_comes_back_as_it_was_has_no_more(mia: User, pack: Purchase) -> None:
    extended_by(mia, pack)
    kept = fresh(pack)
    Purchase.objects.all().delete()
    kept.save(force_insert=True)

    assert len(expiry_lines(pack)) == 1


def test_every_row_of_a_bulk_change_is_recorded(northside: Org, pack: Purchase) -> None:
    other = make_purchase(org=northside, expires_at=None)
    moment = datetime(2031, 1, 1, tzinfo=timezone.get_current_timezone())

    rows("UPDATE client_purchases SET expires_at = %s", moment)

    assert expiry_lines(pack) == [("corrected", pack.expires_at, moment)]
    assert expiry_lines(other) == [("corrected", None, moment)]


def test_a_replicas_change_is_a_change(pack: Purchase) -> None:
    rows("SET LOCAL session_replication_role = replica")
    rows("UPDATE client_purchases SET expires_at = NULL")

    assert len(expiry_lines(pack)) == 1


def test_a_purchase_that_is_older_than_the_ledger_begins_with_its_first_change(
    northside: Org, mia: User
) -> None:
    with unguarded("client_purchases"):
        pack = make_purchase(org=northside, used=0, expires_at=timezone.now() + DAY)
    event = extended_by(mia, pack)

    assert expiry_lines(pack) == [("extended", pack.expires_at, event.expires_at)]
    used_by(mia, pack)
