"""A purchase in the admin: the expiry can be changed, and acts at the desk change the rest."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.acts.acts import newest_change
from tests.admin_forms import ADD_PURCHASE, change, errors, form_of
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase
from tests.history import history_on, page_of
from tests.ledger import fresh


@pytest.fixture
def admin(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


def test_a_new_purchase_starts_with_no_session_used(admin: Client, northside: Org) -> None:
    model = make_purchase(org=northside)
    crafted = form_of(model, sessions_total=5, sessions_used=4, sessions_remaining=9)
    assert admin.post(ADD_PURCHASE, crafted).status_code == 302
    added = Purchase.objects.exclude(pk=model.pk).get()
    assert (added.sessions_total, added.sessions_used, added.sessions_remaining) == (5, 0, 5)
    assert added.org == northside


def test_a_new_purchase_carries_the_name_of_who_added_it(
    admin: Client, northside: Org, olivia: User
) -> None:
    model = make_purchase(org=northside)
    form = form_of(model, payment_method="card", expires_at_0="2031-03-03", expires_at_1="18:00")
    assert admin.post(ADD_PURCHASE, form).status_code == 302

    added = Purchase.objects.exclude(pk=model.pk).get()
    event = newest_change(added)
    assert event.request is not None
    assert (event.kind, event.request.actor) == ("sold", olivia)
    columns = ["client_id", "offer_id", "amount_paid_cents", "currency", "payment_status"]
    assert [getattr(added, name) for name in columns] == [getattr(model, name) for name in columns]
    assert added.payment_method == "card"
    assert added.expires_at is not None
    (line,) = history_on(admin.get(page_of(added)))
    assert (line.what, line.used, line.who) == ("Sold", "0 used", "Olivia")


def test_a_superuser_without_a_membership_adds_a_purchase(
    signed_in: SignIn, northside: Org
) -> None:
    root = User.objects.create_superuser("root")
    form = form_of(make_purchase(org=northside), org=northside.pk)
    assert signed_in(root).post(ADD_PURCHASE, form).status_code == 302
    assert SessionRequest.objects.get().actor == root


def test_a_crafted_post_changes_nothing_but_the_expiry(
    admin: Client, northside: Org, southside: Org
) -> None:
    purchase = make_purchase(org=northside, used=3)
    before = Purchase.objects.values().get()
    crafted = {
        "org": southside.pk,
        "client": make_client(org=northside).pk,
        "offer": make_offer(org=northside).pk,
        "amount_paid_cents": 1,
        "currency": "usd",
        "payment_status": "refunded",
        "payment_method": "card",
        "sessions_total": 1010,
        "sessions_used": 0,
        "sessions_remaining": 10,
        "purchased_at_0": "2001-01-01",
        "created_at_0": "2001-01-01",
        "created_at_1": "00:00",
        "id": UUID(int=1),
    }
    assert change(admin, purchase, **crafted).status_code == 302
    assert Purchase.objects.values().get() == before
    assert not SessionRequest.objects.exists()


def test_an_owner_finds_links_to_the_acts(admin: Client, northside: Org) -> None:
    purchase = make_purchase(org=northside)
    page = admin.get(reverse("admin:purchases_purchase_change", args=[purchase.pk])).text
    for name in ("purchase_detail", "correct_used", "correct_total", "transfer", "refund"):
        assert f'href="{reverse(f"purchases:{name}", args=[purchase.pk])}"' in page


@pytest.mark.parametrize("name", ["mia", "ada", "root"])
def test_people_who_cannot_act_have_no_links(
    request: pytest.FixtureRequest, signed_in: SignIn, northside: Org, name: str
) -> None:
    purchase = make_purchase(org=northside)
    is_root = name == "root"
    user = User.objects.create_superuser(name) if is_root else request.getfixturevalue(name)
    page = signed_in(user).get(reverse("admin:purchases_purchase_change", args=[purchase.pk]))
    assert page.status_code == 200
    assert reverse("purchases:transfer", args=[purchase.pk]) not in page.text


@pytest.mark.parametrize("crafted", [{}, {"sessions_used": 9}])
def test_a_negative_total_is_refused(
    admin: Client, northside: Org, crafted: dict[str, int]
) -> None:
    form = form_of(make_purchase(org=northside), sessions_total=-1, **crafted)
    assert errors(admin.post(ADD_PURCHASE, form))["sessions_total"] == ["Write 0 or more."]


@pytest.mark.parametrize("used", [12, -2])
def test_the_expiry_of_a_malformed_count_is_refused_with_a_message(
    admin: Client, northside: Org, used: int
) -> None:
    expires_at = timezone.now() + timedelta(days=5)
    purchase = make_purchase(org=northside, total=10, used=used, expires_at=expires_at)
    response = change(admin, purchase, expires_at_0="2031-03-03", expires_at_1="18:00")
    assert response.status_code == 302
    assert "Nothing was saved: more sessions are used" in admin.get(response["Location"]).text
    assert fresh(purchase).expires_at == expires_at


def test_the_expiry_of_a_row_without_a_count_can_be_changed(admin: Client, northside: Org) -> None:
    purchase = make_purchase(org=northside, total=10, used=None)
    form = {"expires_at_0": "2031-03-03", "expires_at_1": "18:00"}
    assert change(admin, purchase, **form).status_code == 302
    assert purchase.expires_at is not None
