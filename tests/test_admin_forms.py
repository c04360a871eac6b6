"""What an owner may write in the admin, and what no form can be made to write."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from purchases.admin import purchase as purchase_admin
from purchases.models import Client as Buyer
from purchases.models import Offer, Org, Purchase
from studio.models import Membership, User
from tests.factories import make_client, make_offer, make_purchase

SignedIn = Callable[[User], Client]
ADD_PURCHASE = "/admin/purchases/purchase/add/"


@pytest.fixture
def admin(signed_in: SignedIn, olivia: User) -> Client:
    return signed_in(olivia)


def form_of(purchase: Purchase, **changed: object) -> dict[str, object]:
    """What the browser sends for the purchase's form."""
    fields = {
        "client": purchase.client_id,
        "offer": purchase.offer_id,
        "amount_paid_cents": purchase.amount_paid_cents,
        "currency": purchase.currency,
        "payment_status": purchase.payment_status,
        "payment_method": "",
        "sessions_total": purchase.sessions_total,
        "purchased_at_0": purchase.purchased_at.strftime("%Y-%m-%d"),
        "purchased_at_1": purchase.purchased_at.strftime("%H:%M:%S"),
        "expires_at_0": "",
        "expires_at_1": "",
    }
    return fields | changed


def change(browser: Client, purchase: Purchase, **changed: object) -> Any:
    url = reverse("admin:purchases_purchase_change", args=[purchase.pk])
    response = browser.post(url, form_of(purchase, **changed))
    purchase.refresh_from_db()
    return response


def errors(response: Any) -> dict[str, list[str]]:
    """Of a form that was refused."""
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found


# --- The org --------------------------------------------------------------------------------------


def test_a_new_row_belongs_to_the_owners_org_whatever_the_form_says(
    admin: Client, northside: Org, southside: Org
) -> None:
    form = {"full_name": "Ana Ruiz", "status": "active", "org": southside.pk}
    assert admin.post("/admin/purchases/client/add/", form).status_code == 302
    assert Buyer.objects.get().org == northside


@pytest.mark.parametrize("model", ["client", "offer", "purchase"])
def test_the_org_is_not_in_an_owners_forms(admin: Client, model: str) -> None:
    page = admin.get(f"/admin/purchases/{model}/add/").text
    assert 'name="_save"' in page
    assert 'name="org"' not in page


@pytest.mark.parametrize("field", ["client", "offer"])
def test_a_crafted_post_cannot_name_another_orgs_row(
    admin: Client, northside: Org, southside: Org, field: str
) -> None:
    purchase = make_purchase(org=northside)
    theirs = make_client(org=southside) if field == "client" else make_offer(org=southside)
    response = change(admin, purchase, **{field: theirs.pk})
    assert list(errors(response)) == [field]
    response = admin.post(ADD_PURCHASE, form_of(purchase, **{field: theirs.pk}))
    assert list(errors(response)) == [field]
    assert getattr(purchase, field) != theirs
    assert Purchase.objects.count() == 1


# --- The counts -----------------------------------------------------------------------------------


def test_a_new_purchase_starts_with_no_session_used(admin: Client, northside: Org) -> None:
    model = make_purchase(org=northside)
    crafted = form_of(model, sessions_total=5, sessions_used=4, sessions_remaining=9)
    assert admin.post(ADD_PURCHASE, crafted).status_code == 302
    added = Purchase.objects.exclude(pk=model.pk).get()
    assert (added.sessions_total, added.sessions_used, added.sessions_remaining) == (5, 0, 5)
    assert added.org == northside


def test_no_crafted_post_changes_what_is_read_only(admin: Client, northside: Org) -> None:
    purchase = make_purchase(org=northside, used=3)
    born = purchase.created_at
    crafted = {"created_at_0": "2001-01-01", "created_at_1": "00:00", "id": UUID(int=1)}
    response = change(
        admin, purchase, sessions_used=0, sessions_remaining=10, payment_method="card", **crafted
    )
    assert response.status_code == 302
    assert purchase.payment_method == "card"
    assert (purchase.sessions_used, purchase.sessions_remaining) == (3, 7)
    assert purchase.created_at == born


def test_a_session_given_back_while_a_form_is_saved_stays_given_back(
    admin: Client, northside: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = make_purchase(org=northside, used=3)

    def clean_and_meanwhile_reinstate(form: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT public.release_session(%s)", [purchase.pk])

    monkeypatch.setattr(purchase_admin.PurchaseForm, "clean", clean_and_meanwhile_reinstate)
    change(admin, purchase, payment_method="card")
    assert (purchase.payment_method, purchase.sessions_used) == ("card", 2)


def test_an_owner_corrects_the_total_but_not_below_what_is_used(
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
def test_a_total_below_nothing_is_refused(
    admin: Client, northside: Org, crafted: dict[str, int]
) -> None:
    form = form_of(make_purchase(org=northside), sessions_total=-1, **crafted)
    assert errors(admin.post(ADD_PURCHASE, form))["sessions_total"] == ["Write 0 or more."]


def test_a_row_with_more_used_than_bought_can_still_be_changed(
    admin: Client, northside: Org
) -> None:
    purchase = make_purchase(org=northside, total=1, used=3)
    assert change(admin, purchase, payment_method="card").status_code == 302
    assert purchase.payment_method == "card"


# --- The rest -------------------------------------------------------------------------------------


def test_a_new_row_starts_with_the_databases_defaults(admin: Client) -> None:
    page = admin.get(ADD_PURCHASE)
    initial = page.context["adminform"].form.initial
    assert (initial["currency"], initial["payment_status"]) == ("aud", "pending")
    assert initial["purchased_at"] is not None
    assert "sessions_used" not in page.text
    client = admin.get("/admin/purchases/client/add/")
    assert client.context["adminform"].form.initial["status"] == "active"


def test_a_text_left_empty_is_null_as_other_programs_have_it(admin: Client, northside: Org) -> None:
    admin.post("/admin/purchases/client/add/", {"full_name": "Ana Ruiz", "status": "active"})
    ana = Buyer.objects.get()
    assert (ana.email, ana.phone, ana.notes) == (None, None, None)


def test_a_changed_offer_says_when(admin: Client, northside: Org) -> None:
    offer = make_offer(org=northside)
    form = {
        "name": "12-class pack",
        "offer_type": "session_pack",
        "price_cents": 20000,
        "currency": "aud",
        "is_active": "true",
    }
    admin.post(reverse("admin:purchases_offer_change", args=[offer.pk]), form)
    changed = Offer.objects.get()
    assert changed.name == "12-class pack"
    assert changed.updated_at > changed.created_at


def test_an_owner_renames_their_org_and_keeps_its_slug(admin: Client, northside: Org) -> None:
    url = reverse("admin:purchases_org_change", args=[northside.pk])
    admin.post(url, {"name": "Northside Yoga", "slug": "taken-over"})
    northside.refresh_from_db()
    assert (northside.name, northside.slug) == ("Northside Yoga", "northside-pilates")
    assert admin.get("/admin/purchases/org/add/").status_code == 403


def test_an_owner_changes_a_colleagues_role_and_nothing_else_of_them(
    admin: Client, mia: User, olivia: User, southside: Org
) -> None:
    url = reverse("admin:studio_membership_change", args=[mia.membership.pk])
    crafted = {"user": olivia.pk, "org": southside.pk, "is_superuser": "on", "password": "x"}
    admin.post(url, {"role": "accountant_readonly", **crafted})
    changed = Membership.objects.select_related("user").get(pk=mia.membership.pk)
    assert (changed.role, changed.org_id) == ("accountant_readonly", mia.membership.org_id)
    assert (changed.user.username, changed.user.is_superuser) == ("mia", False)
    assert changed.user.password == mia.password


def test_an_owner_keeps_their_own_role_so_that_an_org_keeps_an_owner(
    admin: Client, olivia: User
) -> None:
    url = reverse("admin:studio_membership_change", args=[olivia.membership.pk])
    assert admin.post(url, {"role": "staff"}).status_code == 403
    assert Membership.objects.get(user=olivia).role == "owner"


def test_an_owner_makes_no_accounts_and_no_members(admin: Client) -> None:
    assert admin.get(reverse("admin:studio_membership_add")).status_code == 403
    assert admin.get(reverse("admin:studio_user_add")).status_code == 403
