"""What a row says of the allowance: how often it would be, and where staff need an owner."""

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org, Purchase, SessionRequest
from studio.models import Policy, User
from tests.allowances.limits import allow, given_back
from tests.conftest import SignIn
from tests.factories import make_purchases
from tests.pages import LIST, press, rows_on, the_row_on


def test_the_first_time_is_worth_no_word(desk: Client, northside: Org, pack: Purchase) -> None:
    allow(northside, 2)
    allow(northside, 2, reason="")

    assert "in 30 days" not in the_row_on(desk.get(LIST)).words


def test_beside_the_button_stands_what_a_press_would_be_and_in_the_menu_what_each_reason_would(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 2)
    allow(northside, 3, reason="", days=90)
    given_back(mia, pack)
    given_back(mia, pack, reason=None, times=2)
    given_back(mia, pack, reason="class_cancelled")

    row = the_row_on(desk.get(LIST))

    assert row.words.endswith("3rd in 90 days")
    assert row.menu == [
        "Class cancelled",
        "Checked in by mistake",
        "Late cancel forgiven 2nd in 30 days",
        "Instructor absent",
        "Other",
    ]


def test_beyond_the_allowance_it_says_who_has_to_confirm(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 2)
    given_back(mia, pack, times=2)

    row = the_row_on(desk.get(LIST))

    assert row.menu[2] == "Late cancel forgiven 3rd in 30 days: owner confirms"
    assert '<small class="allowance-use soon">3rd in 30 days: owner confirms</small>' in row.html


def test_an_allowance_of_none_says_so_the_first_time(
    desk: Client, northside: Org, pack: Purchase
) -> None:
    allow(northside, 0, reason="")

    assert the_row_on(desk.get(LIST)).words.endswith("1st in 30 days: owner confirms")


def test_one_day_is_a_day(desk: Client, mia: User, northside: Org, pack: Purchase) -> None:
    allow(northside, 5, reason="", days=1)
    given_back(mia, pack, reason=None)

    assert the_row_on(desk.get(LIST)).words.endswith("2nd in 1 day")


def test_where_a_reason_is_mandatory_no_press_can_be_without(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 5, reason="")
    given_back(mia, pack, reason=None)
    Policy.objects.create(org=northside, reason_is_mandatory=True)

    assert "in 30 days" not in the_row_on(desk.get(LIST)).words


def test_every_page_with_a_row_says_it(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 5, reason="")
    given_back(mia, pack, reason=None)
    pages = [
        LIST,
        reverse("purchases:purchase_detail", args=[pack.pk]),
        reverse("purchases:client_detail", args=[pack.client_id]),
        reverse("purchases:rows") + f"?ids={pack.pk}",
    ]

    for page in pages:
        assert "2nd in 30 days" in the_row_on(desk.get(page)).words, page
    assert "3rd in 30 days" in the_row_on(press(desk, "reinstate", pack, htmx=True)).words


def test_an_org_without_an_allowance_pays_no_query_and_one_with_pays_one(
    desk: Client,
    northside: Org,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_purchases(org=northside, count=50)
    with django_assert_num_queries(2):
        # 1. the session, with its people and what their org allows 2. the purchases
        desk.get(LIST)
    for reason in ["", *SessionRequest.Reason]:
        allow(northside, 2, reason=reason)

    with django_assert_num_queries(3):
        # 3. how often the clients of the page were given sessions back
        page = desk.get(LIST)
    assert len(rows_on(page)) == 50


def test_the_accountant_sees_none_of_it_and_it_is_not_asked(
    signed_in: SignIn,
    ada: User,
    mia: User,
    northside: Org,
    pack: Purchase,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    allow(northside, 1, reason="")
    given_back(mia, pack, reason=None)
    browser = signed_in(ada)

    with django_assert_num_queries(2):
        page = browser.get(LIST)
    assert "in 30 days" not in the_row_on(page).words
