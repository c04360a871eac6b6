"""Fixtures: an offer, a client, and the browsers of the seller and of an owner."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from purchases.models import Client as Buyer
from purchases.models import Offer, Org
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.factories import make_client, make_offer

SYDNEY = ZoneInfo("Australia/Sydney")


@pytest.fixture
def offer(northside: Org) -> Offer:
    """Return a pack for 180.00 AUD with 10 sessions and an extra one, valid for 90 days."""
    Policy.objects.create(org=northside, time_zone="Australia/Sydney")
    offer = make_offer(org=northside)
    offer.price_cents, offer.sessions_included, offer.bonus_sessions = 18000, 10, 1
    offer.pack_validity_days = 90
    offer.save()
    return offer


@pytest.fixture
def ana(northside: Org) -> Buyer:
    return make_client(org=northside, name="Ana Ruiz", email="ana@example.com")


@pytest.fixture
def seller(signed_in: SignIn, mia: User) -> Client:
    return signed_in(mia)


@pytest.fixture
def owner(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


@pytest.fixture
def today() -> datetime:
    """Return the time of the test in Sydney."""
    return timezone.now().astimezone(SYDNEY)
