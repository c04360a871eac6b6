"""The superuser manages every org and account in the admin.

Actions that record a member need a membership.
"""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Client as Buyer
from purchases.models import Offer, Org, Purchase
from studio.models import Membership, User
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase

PURCHASES = "/admin/purchases/purchase/"


@pytest.fixture
def sue(db: None) -> User:
    return User.objects.create_superuser("sue")


@pytest.fixture
def admin(signed_in: SignIn, sue: User) -> Client:
    return signed_in(sue)


def used(purchase: Purchase) -> int | None:
    return Purchase.objects.get(pk=purchase.pk).sessions_used


def test_purchases_of_every_org_are_listed_and_can_be_filtered_by_org(
    admin: Client, northside: Org, southside: Org
) -> None:
    make_purchase(org=northside)
    foreign = make_purchase(org=southside)
    page = admin.get(PURCHASES)
    assert len(page.context["cl"].result_list) == 2
    assert "Northside Pilates" in page.text
    page = admin.get(PURCHASES, {"org__id__exact": str(southside.pk)})
    assert [row.pk for row in page.context["cl"].result_list] == [foreign.pk]


@pytest.mark.parametrize("model", ["org", "client", "offer", "purchase"])
def test_every_list_and_form_opens(admin: Client, northside: Org, model: str) -> None:
    purchase = make_purchase(org=northside)
    row = {"org": northside, "client": purchase.client, "offer": purchase.offer}.get(
        model, purchase
    )
    for name, args in [
        ("changelist", []),
        ("add", []),
        ("change", [row.pk]),
        ("history", [row.pk]),
    ]:
        assert admin.get(reverse(f"admin:purchases_{model}_{name}", args=args)).status_code == 200


def test_the_client_and_offer_of_a_purchase_must_belong_to_its_org(
    admin: Client, northside: Org, southside: Org
) -> None:
    form = {
        "org": northside.pk,
        "client": make_client(org=southside).pk,
        "offer": make_offer(org=southside).pk,
        "amount_paid_cents": "200.00",
        "currency": "aud",
        "payment_status": "succeeded",
        "sessions_total": 10,
        "purchased_at_0": "2026-01-12",
        "purchased_at_1": "18:00:00",
    }
    refused = admin.post(f"{PURCHASES}add/", form)
    assert refused.context["adminform"].form.errors == {
        "client": ["Ana Ruiz belongs to another studio. Choose one of this studio."],
        "offer": ["10-class pack belongs to another studio. Choose one of this studio."],
    }
    own = {"client": make_client(org=northside).pk, "offer": make_offer(org=northside).pk}
    assert admin.post(f"{PURCHASES}add/", form | own).status_code == 302
    assert Purchase.objects.get().org == northside


def test_no_row_that_other_programs_share_can_be_deleted(admin: Client, northside: Org) -> None:
    purchase = make_purchase(org=northside)
    shared = {"purchase": purchase, "client": purchase.client, "offer": purchase.offer}
    for model, row in (shared | {"org": northside}).items():
        url = reverse(f"admin:purchases_{model}_delete", args=[row.pk])
        assert admin.post(url, {"post": "yes"}).status_code == 403
        crafted = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        admin.post(f"/admin/purchases/{model}/", crafted)
    assert all(rows.objects.exists() for rows in (Org, Purchase, Buyer, Offer))


def test_an_account_and_a_membership_can_be_deleted(admin: Client, mia: User) -> None:
    url = reverse("admin:studio_membership_delete", args=[mia.membership.pk])
    assert admin.post(url, {"post": "yes"}).status_code == 302
    url = reverse("admin:studio_user_delete", args=[mia.pk])
    assert admin.post(url, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=mia.pk).exists()


def test_an_account_is_created_with_its_membership(admin: Client, northside: Org) -> None:
    inline = {
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-org": northside.pk,
        "memberships-0-role": "staff",
    }
    assert admin.post("/admin/studio/user/add/", {"username": "mia"} | inline).status_code == 200
    mia = User.objects.get(username="mia")
    assert (mia.membership.org, mia.membership.role) == (northside, "staff")
    assert not mia.is_superuser
    assert not mia.has_usable_password()


def test_accounts_are_listed_searched_and_opened(admin: Client, mia: User, nora: User) -> None:
    page = admin.get("/admin/studio/user/", {"q": "mia", "memberships__role__exact": "staff"})
    assert [row.pk for row in page.context["cl"].result_list] == [mia.pk]
    assert admin.get("/admin/studio/user/").status_code == 200
    for user in (mia, nora):
        page = admin.get(reverse("admin:studio_user_change", args=[user.pk]))
        assert page.status_code == 200
        assert 'name="user_permissions"' not in page.text


def test_a_superuser_without_membership_cannot_reinstate(admin: Client, northside: Org) -> None:
    purchase = make_purchase(org=northside, used=3)
    assert "Reinstate one session" not in admin.get(PURCHASES).text
    admin.post(PURCHASES, {"action": "reinstate", "_selected_action": [purchase.pk]})
    assert used(purchase) == 3


def test_a_superuser_with_membership_reinstates_in_that_org_only(
    admin: Client, sue: User, northside: Org, southside: Org
) -> None:
    Membership.objects.create(user=sue, org=northside, role="staff")
    admin.force_login(sue)
    own, foreign = make_purchase(org=northside), make_purchase(org=southside)
    ids = [own.pk, foreign.pk]
    form = {"action": "reinstate", "_selected_action": ids, "request_id": str(uuid4())}
    page = admin.post(PURCHASES, form, follow=True).text
    assert (used(own), used(foreign)) == (2, 3)
    assert "Session reinstated for Ana Ruiz" in page
    assert "Ana Ruiz (10-class pack): Only a member of its studio can reinstate a session." in page
