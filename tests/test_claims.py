"""A name that a program claims in its session is shown as a claim."""

import json

import pytest
from django.test import Client

from purchases.models import Org, Purchase, SessionEvent
from studio.models import User
from tests.conftest import SignIn
from tests.database import acting_as, make_role, rows
from tests.factories import make_purchase
from tests.history import history_on, page_of
from tests.pages import words_on

CLAIM = "which says it acts for Olivia the owner"


@pytest.fixture
def forged(northside: Org) -> tuple[Purchase, str]:
    """A pack whose count a program changed, with an owner's name in every setting it can write."""
    pack = make_purchase(org=northside, total=10, used=3)
    role = make_role("SELECT, UPDATE (sessions_used) ON client_purchases")
    claims = json.dumps({"sub": "Olivia the owner"})
    with acting_as(role):
        rows("SELECT set_config('request.jwt.claims', %s, true)", claims)
        rows("SELECT set_config('request.jwt.claim.sub', 'Olivia', true)")
        rows("SELECT set_config('application_name', 'Olivia', true)")
        rows("UPDATE client_purchases SET sessions_used = 9")
    return pack, role


def test_page_marks_the_claimed_name(desk: Client, forged: tuple[Purchase, str]) -> None:
    pack, role = forged

    corrected, _ = history_on(desk.get(page_of(pack)))

    assert corrected.who == f"Another program through {role}, {CLAIM}"


def test_admin_marks_the_claimed_name(
    olivia: User, signed_in: SignIn, forged: tuple[Purchase, str]
) -> None:
    _, role = forged
    owner = signed_in(olivia)
    newest = SessionEvent.objects.latest("pk")

    for page in ("/admin/purchases/sessionevent/", f"/admin/purchases/sessionevent/{newest.pk}/"):
        words = words_on(owner.get(page, follow=True))
        assert f"{role}, {CLAIM}" in words
        assert f"{role} for" not in words
