"""Owners correct an expiry in the admin, and read the expiry ledger there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from purchases.models import ExpiryEvent, Org, Purchase
from studio.models import User
from tests.admin_forms import change
from tests.conftest import SignIn
from tests.database import rows
from tests.expiry.extensions import expiry_lines, extended_by
from tests.factories import make_purchase

EVENTS = "/admin/purchases/expiryevent/"


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))


@pytest.mark.parametrize("root", [False, True], ids=["owner", "superuser"])
def test_a_changed_expiry_is_recorded_as_a_correction_by_the_user(
    olivia: User, pack: Purchase, signed_in: SignIn, root: bool
) -> None:
    person = User.objects.create_superuser("root") if root else olivia
    form = {"expires_at_0": "2031-03-03", "expires_at_1": "18:00:00"}

    assert change(signed_in(person), pack, **form).status_code == 302

    (event,) = ExpiryEvent.objects.select_related("request__actor")
    assert event.request is not None
    assert (event.kind, event.request.operation, event.request.actor) == (
        "corrected",
        "correct_expiry",
        person,
    )
    assert event.expires_before != event.expires_at == pack.expires_at
    assert pack.expires_at
    assert pack.expires_at.year == 2031


def test_an_expiry_can_be_removed(olivia: User, pack: Purchase, signed_in: SignIn) -> None:
    change(signed_in(olivia), pack, expires_at_0="", expires_at_1="")

    assert [line[2] for line in expiry_lines(pack)] == [None]


def test_saving_the_same_expiry_records_no_event(
    olivia: User, pack: Purchase, signed_in: SignIn
) -> None:
    rows("UPDATE client_purchases SET expires_at = '2031-03-03 18:00Z'")
    before = expiry_lines(pack)

    same = {"expires_at_0": "2031-03-03", "expires_at_1": "18:00:00"}
    change(signed_in(olivia), pack, **same)

    assert expiry_lines(pack) == before


def test_the_expiry_ledger_can_be_viewed_but_not_changed(
    olivia: User, mia: User, pack: Purchase, signed_in: SignIn
) -> None:
    event = extended_by(mia, pack, days=7, note="ill for a week")
    owner = signed_in(olivia)

    assert "mia" in owner.get(EVENTS).text
    assert "ill for a week" in owner.get(f"{EVENTS}{event.pk}/change/").text
    for path in ("add/", f"{event.pk}/delete/"):
        assert owner.post(EVENTS + path, {"post": "yes"}).status_code == 403
