"""The admin searches a ledger by the id of a row, or by the user name of a person."""

from uuid import uuid4

import pytest
from django.test import Client as Browser

from purchases import operations
from purchases.admin import account_search
from purchases.models import Client, Offer, Org, Purchase
from purchases.operations.commands import Reinstate
from studio.models import User
from tests.clients.pages import add
from tests.conftest import SignIn
from tests.factories import make_purchase

ADMIN = "/admin/purchases/"


def found(browser: Browser, model: str, q: str) -> list[str]:
    """Return the kinds of the events that the search finds, newest first."""
    response = browser.get(f"{ADMIN}{model}/", {"q": q})
    assert response.status_code == 200
    return [event.kind for event in response.context["cl"].result_list]


@pytest.fixture
def admin(signed_in: SignIn, olivia: User) -> Browser:
    return signed_in(olivia)


@pytest.fixture
def pack(northside: Org, southside: Org, mia: User) -> Purchase:
    make_purchase(org=southside)
    make_purchase(org=northside)
    pack = make_purchase(org=northside)
    for _ in range(3):
        command = Reinstate(request_id=uuid4(), reason="other")
        operations.reinstate(member=mia.membership, purchase=pack, command=command)
    return pack


def test_events_are_found_by_purchase_and_by_person(admin: Browser, pack: Purchase) -> None:
    reinstated = ["reinstated"] * 3
    assert found(admin, "sessionevent", str(pack.pk)) == [*reinstated, "opened"]
    assert found(admin, "sessionevent", f" {pack.pk.hex.upper()} ") == [*reinstated, "opened"]
    assert found(admin, "sessionevent", "mia") == found(admin, "sessionevent", " MI ") == reinstated
    assert found(admin, "purchaseevent", "mia") == []
    for q in ("otto", "olivia", "%", str(uuid4()), "Ana Ruiz"):
        assert found(admin, "sessionevent", q) == []
    assert len(found(admin, "sessionevent", " ")) == 5


def test_events_of_clients_are_found_by_client_and_by_person(
    admin: Browser, signed_in: SignIn, pack: Purchase, mia: User
) -> None:
    add(signed_in(mia))
    willa = Client.objects.get(full_name="Willa Cather")
    assert found(admin, "clientevent", "mia") == ["added"]
    assert found(admin, "clientevent", str(willa.pk)) == ["added"]
    assert found(admin, "clientevent", "olivia") == []


def test_events_of_offers_are_found_by_offer_and_by_name(admin: Browser, pack: Purchase) -> None:
    Offer.objects.filter(pk=pack.offer_id).update(name="Barre pack")
    for q in (str(pack.offer_id), "barre"):
        assert found(admin, "offerevent", q) == ["changed", "added"]
    assert found(admin, "offerevent", "yoga") == []


def test_the_events_of_another_studio_are_not_found(
    signed_in: SignIn, otto: User, pack: Purchase
) -> None:
    browser = signed_in(otto)
    for q in (str(pack.pk), "mia"):
        assert found(browser, "sessionevent", q) == []


def test_a_person_with_many_requests_is_found_by_the_newest(
    admin: Browser, pack: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_search, "MAX_REQUESTS", 2)
    assert found(admin, "sessionevent", "mia") == ["reinstated"] * 2
