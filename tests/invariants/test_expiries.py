"""An expiry that differs from its last event is reported, with a statement that repairs it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from purchases.models import Org
from studio.models import User
from tests.database import rows
from tests.expiry.extensions import expiry_lines, extended_by, extension_undone_by
from tests.factories import make_purchase
from tests.invariants.violations import advice, violation_lines
from tests.ledger import change_unrecorded

pytestmark = pytest.mark.breaks_the_ledger


@pytest.mark.parametrize("change", ["now()", "NULL", "'infinity'"])
def test_unrecorded_change_of_an_expiry_is_reported(northside: Org, mia: User, change: str) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))
    extended = extended_by(mia, pack)
    assert violation_lines() == []
    change_unrecorded(pack, f"expires_at = {change}")

    (line,) = violation_lines()

    assert f"and its last event has {extended.expires_at:%Y-%m-%d %H:%M:%S%z}. " in line
    rows(advice(line))
    assert violation_lines() == []
    assert [kind for kind, *_ in expiry_lines(pack)] == ["extended", "corrected"]


def test_unrecorded_expiry_after_never_is_reported(northside: Org) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now())
    rows("UPDATE client_purchases SET expires_at = NULL")
    change_unrecorded(pack, "expires_at = now()")

    (line,) = violation_lines()

    assert "and its last event has never. " in line


@pytest.mark.parametrize("change", ["now()", "NULL", "'infinity'"])
def test_unrecorded_expiry_of_a_pack_that_was_never_extended_is_reported(
    northside: Org, change: str
) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))
    change_unrecorded(pack, f"expires_at = {change}")

    (line,) = violation_lines()

    assert " and was opened with " in line
    rows(advice(line))
    assert violation_lines() == []


def test_extension_undone_twice_is_reported(northside: Org, mia: User) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))
    extended = extended_by(mia, pack)
    extension_undone_by(mia, extended)
    rows("ALTER TABLE expiry_events DROP CONSTRAINT an_extension_is_undone_once")
    rows(
        "INSERT INTO expiry_events (org_id, purchase_id, kind, expires_before, expires_at,"
        " reverses_id, db_role) SELECT org_id, id, 'undone', NULL, expires_at, %s, 'a test'"
        " FROM client_purchases WHERE id = %s",
        extended.pk,
        pack.pk,
    )

    (line,) = violation_lines()

    assert f"event {extended.pk} is reversed 2 times and may be once" in line
    assert "restore an_extension_is_undone_once" in line
