"""The pages of the admin answer 400 to parameters and values that their links do not write."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from purchases.models import Client as Buyer
from purchases.models import Org
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_purchase

PURCHASES = "/admin/purchases/purchase/"
POLICIES = "/admin/studio/policy/"


@pytest.fixture
def admin(signed_in: SignIn, olivia: User, northside: Org) -> Client:
    make_purchase(org=northside)
    return signed_in(olivia)


def statuses(browser: Client, url: str, queries: list[str]) -> dict[str, int]:
    return {query: browser.get(f"{url}?{query}").status_code for query in queries}


def test_parameters_that_no_link_writes_are_refused(admin: Client) -> None:
    queries = [
        *("p=0", "p=-1", "p=x", "p=1.5", "p=", "p=٣", f"p={'9' * 5000}"),
        *("o=x", "o=99", "o=1.x", "o=--1", "o=1,2", "o=1", "o=0", "o=6.1", f"o={'9' * 5000}"),
        *("all=1", "all=x", "e=1", "_facets=x", "_popup=x", "_popup=", "state=x", "state="),
        *("_to_field=client", "_to_field=x", "_to_field=", "_to_field=client__full_name"),
        *("q=%00", "%00=1", "state=%00", "p=%00", "q=a%00b", f"q={'x' * 101}", "unknown=1"),
        *("purchased_at__gte=2020-01-01", "purchased_at__gte=x", "expires_at__range="),
        "org__id__exact=00000000-0000-0000-0000-000000000000",
    ]
    assert {q: got for q, got in statuses(admin, PURCHASES, queries).items() if got != 400} == {}
    assert statuses(admin, POLICIES, ["q=ana"]) == {"q=ana": 400}  # It has no search.


def test_parameters_of_links_are_accepted(admin: Client) -> None:
    queries = [
        *("p=1", "o=6", "o=-7.6", "o=", "all=", "_facets=True", "_popup=1", "_to_field=id"),
        *("q=ana", f"q={'x' * 100}", "q=", "state=expired", "expires_at__isnull=False"),
        "purchased_at__gte=2020-01-01 00:00:00%2B10:00&purchased_at__lt=2021-01-01 00:00:00Z",
    ]
    assert {q: got for q, got in statuses(admin, PURCHASES, queries).items() if got != 200} == {}


# --- Forms and actions ----------------------------------------------------------------------------


def test_links_to_a_form_with_odd_parameters_are_refused(admin: Client) -> None:
    queries = [
        *("client=%00", "client=x", "client=00000000-0000-0000-0000-000000000000", "unknown=1"),
        *("purchased_at=x", "purchased_at=2020-01-01", "sessions_total=x", "sessions_used=1"),
        *("_popup=x", "_to_field=offer", "_to_field=client__email", "_changelist_filters=pin=1"),
        *("_changelist_filters=q%3D%2500", "_changelist_filters=p%3Dx", "currency=zz%00"),
    ]
    form = f"{PURCHASES}add/"
    assert {q: got for q, got in statuses(admin, form, queries).items() if got != 400} == {}


def test_a_link_to_a_form_can_fill_in_a_field(admin: Client, northside: Org) -> None:
    client = northside.clients.get()
    url = f"{PURCHASES}add/?client={client.pk}&currency=nzd&_changelist_filters=state%3Dexpired"
    page = admin.get(f"{url}%26p%3D2")
    assert page.context["adminform"].form.initial["client"] == str(client.pk)


def test_a_page_of_a_row_refuses_filters_of_another_list(admin: Client, northside: Org) -> None:
    for page in ("change", "history"):
        url = f"{PURCHASES}{northside.purchases.get().pk}/{page}/"
        assert admin.get(url, {"_changelist_filters": "state=expired"}).status_code == 200
        assert admin.get(url, {"_changelist_filters": "pin__regex=x"}).status_code == 400


def test_an_action_on_a_malformed_id_is_refused(admin: Client) -> None:
    for model, action in [
        ("purchases/purchase", "reinstate"),
        ("studio/allowance", "delete_selected"),
    ]:
        for pk in ("", "x", "\0", "9" * 30, "9" * 5000):
            form = {"action": action, "_selected_action": pk, "index": 0}
            assert admin.post(f"/admin/{model}/", form).status_code == 400, pk


def test_a_page_of_a_malformed_id_is_not_found(signed_in: SignIn, db: None) -> None:
    browser = signed_in(User.objects.create_superuser("sue"))
    for model in ("purchases/purchase", "studio/allowance", "studio/user"):
        # Django's admin of accounts redirects to the index, with a message.
        expected = 302 if model == "studio/user" else 404
        for pk in ("x", "%00", "9" * 30, "00000000-0000-0000-0000-000000000000"):
            for page in ("change", "history", "delete"):
                url = f"/admin/{model}/{pk}/{page}/"
                assert browser.get(url).status_code == expected, url


def test_the_link_to_a_row_on_the_site_is_not_found(admin: Client, northside: Org) -> None:
    client_type = ContentType.objects.get_for_model(Buyer)
    for pk in ("x", "%00", str(northside.clients.get().pk)):
        for type_id in (client_type.pk, "x", "9" * 30):
            assert admin.get(f"/admin/r/{type_id}/{pk}/").status_code == 404


def test_a_form_with_a_null_character_is_refused(admin: Client) -> None:
    form = {"full_name": "Ana\0", "status": "active"}
    assert admin.post("/admin/purchases/client/add/", form).status_code == 400
    assert admin.post("/admin/password_change/", {"old_password": "\0"}).status_code == 400


# --- Choices --------------------------------------------------------------------------------------


def test_choices_are_refused_but_for_fields_with_autocomplete(admin: Client) -> None:
    field = {"app_label": "purchases", "model_name": "purchase", "field_name": "client"}
    assert admin.get("/admin/autocomplete/", {**field, "term": "ana"}).status_code == 200
    for changed in [
        *({"term": "\0"}, {"term": "x" * 101}, {"page": "x"}, {"page": "0"}, {"page": "last"}),
        *({"app_label": "x"}, {"model_name": "x"}, {"field_name": "x"}, {"field_name": "pk"}),
        *({"field_name": "currency"}, {"unknown": "1"}, {"app_label": ""}),
        {"model_name": "sessionevent", "field_name": "request"},
        {"app_label": "admin", "model_name": "logentry", "field_name": "user"},
    ]:
        assert admin.get("/admin/autocomplete/", {**field, **changed}).status_code == 400, changed
