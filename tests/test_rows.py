"""The rows that an open page asks for again."""

import re
from uuid import uuid4

import pytest
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


def test_a_row_is_as_the_page_would_show_it(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside)
    here = {"HX-Current-URL": f"http://testserver{LIST}?q=ana", **HTMX}

    answer = desk.get(ROWS, ids(pack), headers=here)

    assert the_row_on(answer).lasting == the_row_on(desk.get(LIST, {"q": "ana"})).lasting
    assert 'class="changed"' in the_row_on(answer).html
    assert "<html" not in html_of(answer)


def test_only_those_come_that_were_asked_for(northside: Org, desk: Client) -> None:
    first, second, _ = make_purchases(org=northside, count=3)

    answer = desk.get(ROWS, ids(first, second))

    assert {row.purchase_id for row in rows_on(answer)} == {first.pk, second.pk}


def test_a_page_without_rows_gets_a_new_token_alone(northside: Org, desk: Client) -> None:
    answer = desk.get(ROWS)

    assert (answer.status_code, words_on(answer)) == (200, "")
    assert live_updates.org_of(answer["Live-Token"]) == northside.pk


def test_a_strangers_row_is_as_gone_as_one_that_never_was(
    northside: Org, southside: Org, desk: Client
) -> None:
    theirs, nowhere = make_purchase(org=southside), uuid4()

    answer = desk.get(ROWS, {"ids": f"{theirs.pk},{nowhere}"})

    assert [row.words for row in rows_on(answer)] == ["This purchase was deleted."] * 2
    assert "Ana" not in html_of(answer)
    assert html_of(desk.get(ROWS, ids(theirs))).replace(str(theirs.pk), str(nowhere)) == html_of(
        desk.get(ROWS, {"ids": str(nowhere)})
    )


@pytest.mark.parametrize(
    "asked",
    ["7", "x", ",", "\0", f"{uuid4()},", f"{uuid4()};"],
    ids=["a digit", "a letter", "a comma", "NUL", "an empty id", "a semicolon"],
)
def test_ids_that_are_none_are_refused(desk: Client, asked: str) -> None:
    answer = desk.get(ROWS, {"ids": asked}, headers=HTMX)

    assert answer.status_code == 400
    assert "This page is out of date." in words_on(answer)


@pytest.mark.parametrize(("count", "status"), [(50, 200), (51, 400)])
def test_50_rows_at_most(northside: Org, desk: Client, count: int, status: int) -> None:
    purchases = make_purchases(org=northside, count=count)

    assert desk.get(ROWS, ids(*purchases)).status_code == status


def test_50_rows_take_2_queries(
    northside: Org, desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    purchases = make_purchases(org=northside, count=50)

    with django_assert_num_queries(2):
        # 1. the session, with its people 2. the purchases, each with client and offer
        answer = desk.get(ROWS, ids(*purchases), headers=HTMX)

    assert len(rows_on(answer)) == 50


def test_the_accountants_rows_have_no_button(northside: Org, ada: User) -> None:
    browser = Client()
    browser.force_login(ada)

    assert the_row_on(browser.get(ROWS, ids(make_purchase(org=northside)))).buttons == []


def test_whoever_was_signed_out_is_led_to_the_sign_in_and_back_to_their_page(
    northside: Org,
) -> None:
    pack = make_purchase(org=northside)
    here = {"HX-Current-URL": f"http://testserver{LIST}?q=ana", **HTMX}

    answer = Client().get(ROWS, ids(pack), headers=here)

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
