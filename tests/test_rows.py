"""The rows that an open page reloads."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_script_prefix
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases import live_updates
from purchases.models import Org, Purchase
from studio.models import User
from tests.factories import make_purchase, make_purchases
from tests.pages import HTMX, LIST, html_of, rows_on, the_row_on, words_on

ROWS = reverse("purchases:rows")


def ids(*purchases: Purchase) -> dict[str, str]:
    return {"ids": ",".join(str(purchase.pk) for purchase in purchases)}


def test_a_row_equals_the_row_on_the_page(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside)
    headers = {"HX-Current-URL": f"http://testserver{LIST}?q=ana", **HTMX}

    answer = desk.get(ROWS, ids(pack), headers=headers)

    assert the_row_on(answer).normalized == the_row_on(desk.get(LIST, {"q": "ana"})).normalized
    assert 'class="changed"' in the_row_on(answer).html
    assert "<html" not in html_of(answer)


def test_only_the_requested_rows_are_returned(northside: Org, desk: Client) -> None:
    first, second, _ = make_purchases(org=northside, count=3)

    answer = desk.get(ROWS, ids(first, second))

    assert {row.purchase_id for row in rows_on(answer)} == {first.pk, second.pk}


def test_a_page_without_rows_gets_only_a_new_token(northside: Org, desk: Client) -> None:
    answer = desk.get(ROWS)

    assert (answer.status_code, words_on(answer)) == (200, "")
    key = desk.cookies[settings.SESSION_COOKIE_NAME].value
    assert live_updates.org_of(answer["Live-Token"], key) == northside.pk


def test_a_row_of_another_org_and_an_unknown_id_are_both_shown_as_deleted(
    northside: Org, southside: Org, desk: Client
) -> None:
    foreign, unknown = make_purchase(org=southside), uuid4()

    answer = desk.get(ROWS, {"ids": f"{foreign.pk},{unknown}"})

    assert [row.words for row in rows_on(answer)] == ["This purchase was deleted."] * 2
    assert "Ana" not in html_of(answer)
    assert html_of(desk.get(ROWS, ids(foreign))).replace(str(foreign.pk), str(unknown)) == html_of(
        desk.get(ROWS, {"ids": str(unknown)})
    )


@pytest.mark.parametrize(
    "invalid_ids",
    ["7", "x", ",", "\0", f"{uuid4()},", f"{uuid4()};"],
    ids=["a digit", "a letter", "a comma", "NUL", "an empty id", "a semicolon"],
)
def test_invalid_ids_are_400(desk: Client, invalid_ids: str) -> None:
    answer = desk.get(ROWS, {"ids": invalid_ids}, headers=HTMX)

    assert answer.status_code == 400
    assert "This page is out of date." in words_on(answer)


@pytest.mark.parametrize(("count", "status"), [(50, 200), (51, 400)])
def test_at_most_50_rows_can_be_requested(
    northside: Org, desk: Client, count: int, status: int
) -> None:
    purchases = make_purchases(org=northside, count=count)

    assert desk.get(ROWS, ids(*purchases)).status_code == status


def test_50_rows_take_2_queries(
    northside: Org, desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    purchases = make_purchases(org=northside, count=50)

    with django_assert_num_queries(2):
        # 1. the session with its users 2. the purchases with client and offer
        answer = desk.get(ROWS, ids(*purchases), headers=HTMX)

    assert len(rows_on(answer)) == 50


def test_rows_for_an_accountant_have_no_buttons(northside: Org, ada: User) -> None:
    browser = Client()
    browser.force_login(ada)

    assert the_row_on(browser.get(ROWS, ids(make_purchase(org=northside)))).buttons == []


def test_an_anonymous_user_is_redirected_to_the_sign_in_and_back_to_the_page(
    northside: Org,
) -> None:
    pack = make_purchase(org=northside)
    headers = {"HX-Current-URL": f"http://testserver{LIST}?q=ana", **HTMX}

    answer = Client().get(ROWS, ids(pack), headers=headers)

    assert answer["HX-Redirect"] == f"{reverse('login')}?next={LIST}%3Fq%3Dana"
    assert html_of(answer) == ""


def test_urls_begin_with_the_script_name_of_their_own_request(northside: Org, desk: Client) -> None:
    """The first part of each URL is cached. A site that is mounted at two paths needs both."""
    pack = make_purchase(org=northside)

    for mount in ("", "/front", "", "/annex"):
        with override_script_prefix(f"{mount}/"):
            row = the_row_on(desk.get(LIST, SCRIPT_NAME=mount))
        paths = re.findall(r'(?:href|action|data-hx-post)="(/[^"]*)"', row.html)
        assert f"{mount}/purchases/{pack.pk}/reinstate/" in paths
        assert f"{mount}/clients/{pack.client_id}/" in paths
        assert {path.removeprefix(mount).split("/")[1] for path in paths} == {
            "clients",
            "purchases",
        }
