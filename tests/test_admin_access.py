"""Access to the admin: sign-in, separation of tenants (orgs), and the permissions of each role."""

from uuid import UUID

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from purchases.models import Client as Buyer
from purchases.models import Offer, Org, Purchase
from studio.models import Membership, User
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase, make_user

ORG_LISTS = ["purchases_org", "purchases_client", "purchases_offer", "purchases_purchase"]
LISTS = [*ORG_LISTS, "studio_membership"]


def rows_of(org: Org, user: User) -> dict[str, object]:
    """Create a row of each model, with names that end in the name of the org."""
    client = make_client(org=org, name=f"Client of {org.name}")
    Buyer.objects.filter(pk=client.pk).update(status=f"friend of {org.name}")
    offer = make_offer(org=org, name=f"Offer of {org.name}")
    return {
        "purchases_org": org.pk,
        "purchases_client": client.pk,
        "purchases_offer": offer.pk,
        "purchases_purchase": make_purchase(org=org, client=client, offer=offer).pk,
        "studio_membership": Membership.objects.get(user=user).pk,
    }


@pytest.fixture
def own(northside: Org, olivia: User) -> dict[str, object]:
    return rows_of(northside, olivia)


@pytest.fixture
def foreign(southside: Org, otto: User) -> dict[str, object]:
    return rows_of(southside, otto)


def page(model: str, name: str, *args: object) -> str:
    return reverse(f"admin:{model}_{name}", args=args)


def status(browser: Client, url: str) -> int:
    return browser.get(url).status_code


# --- Sign-in --------------------------------------------------------------------------------------


def test_an_anonymous_user_is_redirected_to_the_sign_in_page_of_the_site(db: None) -> None:
    url = page("purchases_client", "changelist")
    response = Client().get(url, follow=True)
    assert response.redirect_chain[-1] == (f"{reverse('login')}?next={url}", 302)
    assert response.templates[0].name == "registration/login.html"


def test_there_is_no_second_sign_in_page(signed_in: SignIn, mia: User) -> None:
    sign_in = reverse("login")
    assert Client().get("/admin/login/")["Location"] == f"{sign_in}?next=/admin/"
    assert Client().post("/admin/login/")["Location"] == f"{sign_in}?next=/admin/"
    assert signed_in(mia).get("/admin/login/")["Location"] == "/admin/"


def test_a_user_without_membership_gets_403_and_no_redirect_loop(
    signed_in: SignIn, nora: User
) -> None:
    response = signed_in(nora).get("/admin/login/", follow=True)
    assert response.redirect_chain == [("/admin/", 302)]
    assert response.status_code == 403


def test_djangos_staff_flag_and_permissions_grant_nothing(
    signed_in: SignIn, nora: User, mia: User
) -> None:
    for user in (nora, mia):
        user.is_staff = True
        user.save()
        user.user_permissions.set(Permission.objects.all())
    assert status(signed_in(nora), "/admin/") == 403
    assert status(signed_in(mia), page("studio_user", "changelist")) == 403
    assert status(signed_in(mia), page("purchases_client", "add")) == 403


def test_an_inactive_user_is_signed_out(signed_in: SignIn, northside: Org, olivia: User) -> None:
    make_user(username="oscar", org=northside, role="owner")
    browser = signed_in(olivia)
    olivia.is_active = False
    olivia.save()
    assert status(browser, "/admin/") == 302


@pytest.mark.parametrize("name", ["olivia", "nora"])
def test_everybody_can_sign_out(
    signed_in: SignIn, name: str, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(name))
    assert browser.post("/admin/logout/")["Location"] == reverse("login")
    assert "_auth_user_id" not in browser.session


# --- One tenant -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["olivia", "mia", "ada"])
@pytest.mark.parametrize("model", LISTS)
def test_a_member_sees_their_org_and_no_other(
    signed_in: SignIn,
    own: dict[str, object],
    foreign: dict[str, object],
    model: str,
    name: str,
    request: pytest.FixtureRequest,
) -> None:
    browser = signed_in(request.getfixturevalue(name))
    response = browser.get(page(model, "changelist"))
    listed = {row.pk for row in response.context["cl"].result_list}
    assert own[model] in listed
    assert foreign[model] not in listed
    # The filters and choices must not name another tenant either.
    assert "Southside" not in response.text
    assert status(browser, page(model, "change", own[model])) == 200
    assert status(browser, page(model, "history", own[model])) == 200


@pytest.mark.parametrize("action", ["change", "history", "delete"])
@pytest.mark.parametrize("model", LISTS)
def test_a_row_of_another_org_is_not_found(
    signed_in: SignIn, olivia: User, foreign: dict[str, object], model: str, action: str
) -> None:
    browser = signed_in(olivia)
    for response in [
        browser.get(page(model, action, foreign[model])),
        browser.post(page(model, action, foreign[model]), {"post": "yes"}),
    ]:
        # The history view checks the method before it loads the row.
        assert response.status_code in ([404, 405] if action == "history" else [404])
        assert "Southside" not in response.text


def test_filters_over_relations_that_are_not_listed_are_refused(
    signed_in: SignIn, olivia: User, own: dict[str, object]
) -> None:
    browser = signed_in(olivia)
    members = page("studio_membership", "changelist")
    assert status(browser, f"{members}?user__password__startswith=pbkdf2") == 400
    clients = page("purchases_client", "changelist")
    assert status(browser, f"{clients}?org__memberships__role=owner") == 400


@pytest.mark.parametrize("field", ["client", "offer"])
def test_the_choices_of_a_purchase_are_rows_of_its_own_org(
    signed_in: SignIn,
    olivia: User,
    own: dict[str, object],
    foreign: dict[str, object],
    field: str,
) -> None:
    query = {"app_label": "purchases", "model_name": "purchase", "field_name": field, "term": "of"}
    answer = signed_in(olivia).get("/admin/autocomplete/", query).json()
    assert [UUID(row["id"]) for row in answer["results"]] == [own[f"purchases_{field}"]]


def test_an_owner_can_neither_choose_nor_see_accounts(signed_in: SignIn, olivia: User) -> None:
    browser = signed_in(olivia)
    query = {"app_label": "studio", "model_name": "membership", "field_name": "user"}
    assert browser.get("/admin/autocomplete/", query).status_code == 403
    assert status(browser, page("studio_user", "changelist")) == 403
    assert status(browser, page("studio_user", "change", olivia.pk)) == 403


# --- What each role may do ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mia", "ada"])
@pytest.mark.parametrize("model", LISTS)
def test_staff_and_accountants_can_view_but_not_change(
    signed_in: SignIn,
    own: dict[str, object],
    model: str,
    name: str,
    request: pytest.FixtureRequest,
) -> None:
    browser = signed_in(request.getfixturevalue(name))
    assert status(browser, page(model, "add")) == 403
    assert status(browser, page(model, "delete", own[model])) == 403
    assert 'name="_save"' not in browser.get(page(model, "change", own[model])).text
    change = browser.post(page(model, "change", own[model]), {"name": "Changed", "role": "owner"})
    assert change.status_code == 403


@pytest.mark.parametrize("model", LISTS)
def test_an_owner_cannot_delete(
    signed_in: SignIn, olivia: User, own: dict[str, object], model: str
) -> None:
    browser = signed_in(olivia)
    assert browser.post(page(model, "delete", own[model]), {"post": "yes"}).status_code == 403
    crafted = {"action": "delete_selected", "_selected_action": [own[model]], "post": "yes"}
    browser.post(page(model, "changelist"), crafted)
    counts = [rows.objects.count() for rows in (Org, Buyer, Offer, Purchase, Membership)]
    assert counts == [1, 1, 1, 1, 1]


def test_the_admin_has_no_groups(signed_in: SignIn, mia: User) -> None:
    Group.objects.create(name="Unused")
    assert status(signed_in(mia), "/admin/auth/group/") == 404
