"""The counts of a purchase in the admin: the total can be corrected, the other counts cannot."""

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from purchases.admin import purchase as purchase_admin
from purchases.models import Org, Purchase
from studio.models import User
from tests.admin_forms import ADD_PURCHASE, change, errors, form_of
from tests.conftest import SignIn
from tests.factories import make_purchase


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


def test_a_crafted_post_cannot_change_read_only_fields(admin: Client, northside: Org) -> None:
    purchase = make_purchase(org=northside, used=3)
    created_at = purchase.created_at
    crafted = {"created_at_0": "2001-01-01", "created_at_1": "00:00", "id": UUID(int=1)}
    response = change(
        admin, purchase, sessions_used=0, sessions_remaining=10, payment_method="card", **crafted
    )
    assert response.status_code == 302
    assert purchase.payment_method == "card"
    assert (purchase.sessions_used, purchase.sessions_remaining) == (3, 7)
    assert purchase.created_at == created_at


def test_saving_a_form_keeps_a_concurrent_reinstatement(
    admin: Client, northside: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = make_purchase(org=northside, used=3)

    def clean_after_a_concurrent_reinstate(form: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT public.release_session(%s)", [purchase.pk])

    monkeypatch.setattr(purchase_admin.PurchaseForm, "clean", clean_after_a_concurrent_reinstate)
    change(admin, purchase, payment_method="card")
    assert (purchase.payment_method, purchase.sessions_used) == ("card", 2)


def test_an_owner_cannot_set_the_total_below_the_used_sessions(
    admin: Client, northside: Org
) -> None:
    purchase = make_purchase(org=northside, total=10, used=3)
    (reason,) = errors(change(admin, purchase, sessions_total=2))["sessions_total"]
    assert reason == (
        "3 of these sessions are used already, so the total can’t be less than 3. "
        "Reinstate sessions first, or write 3 or more."
    )
    assert purchase.sessions_total == 10
    change(admin, purchase, sessions_total=3)
    assert (purchase.sessions_total, purchase.sessions_remaining) == (3, 0)


@pytest.mark.parametrize("crafted", [{}, {"sessions_used": 9}])
def test_a_negative_total_is_refused(
    admin: Client, northside: Org, crafted: dict[str, int]
) -> None:
    form = form_of(make_purchase(org=northside), sessions_total=-1, **crafted)
    assert errors(admin.post(ADD_PURCHASE, form))["sessions_total"] == ["Write 0 or more."]


def test_a_row_with_more_used_than_bought_can_be_saved_with_a_corrected_total(
    admin: Client, northside: Org
) -> None:
    purchase = make_purchase(org=northside, total=1, used=3)
    (reason,) = errors(change(admin, purchase, payment_method="card"))["sessions_total"]
    assert reason.startswith("3 of these sessions are used already")
    assert change(admin, purchase, payment_method="card", sessions_total=3).status_code == 302
    assert (purchase.payment_method, purchase.sessions_total) == ("card", 3)


def test_a_row_with_a_negative_count_is_refused_with_a_message(
    admin: Client, northside: Org
) -> None:
    purchase = make_purchase(org=northside, total=10, used=-2)
    (reason,) = errors(change(admin, purchase, payment_method="card"))["__all__"]
    assert reason.startswith("-2 sessions are used, which can’t be right")
    assert purchase.payment_method is None


def test_a_row_without_a_count_can_be_changed(admin: Client, northside: Org) -> None:
    purchase = make_purchase(org=northside, total=10, used=None)
    assert change(admin, purchase, payment_method="card").status_code == 302
    assert purchase.payment_method == "card"


def test_a_count_that_changes_between_validation_and_save_is_reported(
    admin: Client, northside: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = make_purchase(org=northside, total=10, used=3)
    monkeypatch.setattr(purchase_admin.PurchaseForm, "clean_sessions_total", lambda form: 2)
    response = change(admin, purchase, sessions_total=2)
    assert response.status_code == 302
    page = admin.get(response["Location"])
    assert "Nothing was saved: the used count changed" in page.text
    assert purchase.sessions_total == 10
