"""The admin's search for clients and purchases finds what the desk's search finds, and more."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from purchases.admin import client_search
from purchases.models import Org, Purchase
from studio.models import User
from tests.factories import make_client, make_purchase
from tests.plans import queries_recorded

SignIn = Callable[[User], Browser]


@pytest.fixture
def jose(northside: Org, southside: Org) -> Purchase:
    for org in (northside, southside):
        make_purchase(org=org, client=make_client(org=org, name="Ana Ruiz"))
    details = {"name": "José Álvarez", "email": "pepe@example.com", "phone": "+61 412 345 678"}
    make_purchase(org=southside, client=make_client(org=southside, **details))
    return make_purchase(org=northside, client=make_client(org=northside, **details))


def found(browser: Browser, model: str, q: str) -> list[str]:
    response = browser.get(f"/admin/purchases/{model}/", {"q": q})
    assert response.status_code == 200
    rows = response.context["cl"].queryset
    return sorted(getattr(row, "client", row).full_name for row in rows)


@pytest.mark.parametrize("model", ["client", "purchase"])
@pytest.mark.parametrize(
    "q",
    [
        *("jose alv", "ALVAREZ", "Álvarez José", "0412345678", "+61 412 345 678", "pepe@"),
        *("osé", "example.com", "345", '"José Álvarez"', "varez pep"),
    ],
)
def test_it_finds_beginnings_as_the_desk_does_and_middles_as_django_does(
    jose: Purchase, olivia: User, signed_in: SignIn, model: str, q: str
) -> None:
    assert found(signed_in(olivia), model, q) == ["José Álvarez"]


@pytest.mark.parametrize("model", ["client", "purchase"])
def test_it_finds_no_client_for_other_words(
    jose: Purchase, olivia: User, signed_in: SignIn, model: str
) -> None:
    browser = signed_in(olivia)
    for q in ("zoe", "ana alvarez", "???", "%"):
        assert found(browser, model, q) == []
    assert found(browser, model, " ") == ["Ana Ruiz", "José Álvarez"]


@pytest.mark.parametrize("model", ["client", "purchase"])
def test_a_superuser_finds_the_clients_of_every_org(
    jose: Purchase, nora: User, signed_in: SignIn, model: str
) -> None:
    User.objects.filter(pk=nora.pk).update(is_staff=True, is_superuser=True)
    nora.refresh_from_db()
    assert found(signed_in(nora), model, "jose") == ["José Álvarez"] * 2


def test_a_long_list_is_cut_and_the_purchases_are_read_by_client(
    northside: Org, olivia: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_search, "MAX_TERMS", 3)
    monkeypatch.setattr(client_search, "MAX_CLIENTS", 2)
    for n in range(8):
        make_purchase(org=northside, client=make_client(org=northside, name=f"Ana{n} Ruiz"))
    browser = signed_in(olivia)

    with queries_recorded() as queries:
        assert 4 <= len(found(browser, "purchase", "ana")) <= 6
    assert not [each.sql for each in queries if "ILIKE" in each.sql and "JOIN" in each.sql]
    assert not [each.sql for each in queries if "UPPER" in each.sql and "JOIN" in each.sql]
