"""Forms of the admin: which fields an owner can change, and crafted posts that are refused."""

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Client as Buyer
from purchases.models import Offer, Org, Purchase
from studio.models import Membership, User
from tests.admin_forms import ADD_PURCHASE, change, errors, form_of
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase


@pytest.fixture
def admin(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


# --- The org --------------------------------------------------------------------------------------


def test_a_new_row_belongs_to_the_owners_org_even_if_the_form_names_another(
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
    foreign = make_client(org=southside) if field == "client" else make_offer(org=southside)
    change(admin, purchase, **{field: foreign.pk})
    response = admin.post(ADD_PURCHASE, form_of(purchase, **{field: foreign.pk}))
    assert list(errors(response)) == [field]
    assert getattr(purchase, field) != foreign
    assert Purchase.objects.count() == 1


# --- The rest -------------------------------------------------------------------------------------


def test_a_new_row_starts_with_the_databases_defaults(admin: Client) -> None:
    page = admin.get(ADD_PURCHASE)
    initial = page.context["adminform"].form.initial
    assert (initial["currency"], initial["payment_status"]) == ("aud", "pending")
    assert initial["purchased_at"] is not None
    assert "sessions_used" not in page.text
    client = admin.get("/admin/purchases/client/add/")
    assert client.context["adminform"].form.initial["status"] == "active"


def test_an_empty_text_is_stored_as_null(admin: Client, northside: Org) -> None:
    admin.post("/admin/purchases/client/add/", {"full_name": "Ana Ruiz", "status": "active"})
    ana = Buyer.objects.get()
    assert (ana.email, ana.phone, ana.notes) == (None, None, None)


def test_changing_an_offer_sets_updated_at(admin: Client, northside: Org) -> None:
    offer = make_offer(org=northside)
    form = {
        "name": "12-class pack",
        "offer_type": "session_pack",
        "price_cents": "200.00",
        "currency": "aud",
        "is_active": "true",
    }
    admin.post(reverse("admin:purchases_offer_change", args=[offer.pk]), form)
    changed = Offer.objects.get()
    assert changed.name == "12-class pack"
    assert changed.updated_at > changed.created_at


def test_an_owner_can_rename_their_org_but_not_change_its_slug(
    admin: Client, northside: Org
) -> None:
    url = reverse("admin:purchases_org_change", args=[northside.pk])
    admin.post(url, {"name": "Northside Yoga", "slug": "taken-over"})
    northside.refresh_from_db()
    assert (northside.name, northside.slug) == ("Northside Yoga", "northside-pilates")
    assert admin.get("/admin/purchases/org/add/").status_code == 403


def test_an_owner_can_change_only_the_role_of_a_colleague(
    admin: Client, mia: User, olivia: User, southside: Org
) -> None:
    url = reverse("admin:studio_membership_change", args=[mia.membership.pk])
    crafted = {"user": olivia.pk, "org": southside.pk, "is_superuser": "on", "password": "x"}
    admin.post(url, {"role": "accountant_readonly", **crafted})
    changed = Membership.objects.select_related("user").get(pk=mia.membership.pk)
    assert (changed.role, changed.org_id) == ("accountant_readonly", mia.membership.org_id)
    assert (changed.user.username, changed.user.is_superuser) == ("mia", False)
    assert changed.user.password == mia.password


def test_an_owner_cannot_change_their_own_role(admin: Client, olivia: User) -> None:
    url = reverse("admin:studio_membership_change", args=[olivia.membership.pk])
    assert admin.post(url, {"role": "staff"}).status_code == 403
    assert Membership.objects.get(user=olivia).role == "owner"


def test_an_owner_cannot_add_accounts_outside_the_studio(admin: Client) -> None:
    assert admin.get(reverse("admin:studio_user_add")).status_code == 403
