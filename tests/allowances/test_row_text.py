"""The allowance text of a row: the number of the next reinstatement, and if an owner must
approve it."""

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org, Purchase, SessionRequest
from studio.models import Policy, User
from tests.allowances.limits import allow, reinstate_times
from tests.conftest import SignIn
from tests.factories import make_purchases
from tests.pages import LIST, post_action, rows_on, the_row_on
from tests.test_reasons import REASONS


def test_first_reinstatement_shows_no_text(desk: Client, northside: Org, pack: Purchase) -> None:
    allow(northside, 2)
    allow(northside, 2, reason="")

    assert "in 30 days" not in the_row_on(desk.get(LIST)).words


def test_button_and_reasons_show_the_next_number(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 2)
    allow(northside, 3, reason="", days=90)
    reinstate_times(mia, pack)
    reinstate_times(mia, pack, reason=None, times=2)
    reinstate_times(mia, pack, reason="class_cancelled")

    row = the_row_on(desk.get(LIST))

    assert row.words.endswith("3rd in 90 days")
    late = "Late cancel forgiven"
    assert row.menu == [f"{late} 2nd in 30 days" if each == late else each for each in REASONS]


def test_row_beyond_the_allowance_says_owner_confirms(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 2)
    reinstate_times(mia, pack, times=2)

    row = the_row_on(desk.get(LIST))

    assert row.menu[2] == "Late cancel forgiven 3rd in 30 days: owner confirms"
    assert '<small class="allowance-use soon">3rd in 30 days: owner confirms</small>' in row.html


def test_allowance_of_zero_shows_the_text_at_once(
    desk: Client, northside: Org, pack: Purchase
) -> None:
    allow(northside, 0, reason="")

    assert the_row_on(desk.get(LIST)).words.endswith("1st in 30 days: owner confirms")


def test_one_day_is_singular(desk: Client, mia: User, northside: Org, pack: Purchase) -> None:
    allow(northside, 5, reason="", days=1)
    reinstate_times(mia, pack, reason=None)

    assert the_row_on(desk.get(LIST)).words.endswith("2nd in 1 day")


def test_no_text_without_a_reason_if_a_reason_is_mandatory(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 5, reason="")
    reinstate_times(mia, pack, reason=None)
    Policy.objects.create(org=northside, reason_is_mandatory=True)

    assert "in 30 days" not in the_row_on(desk.get(LIST)).words


def test_every_page_with_a_row_shows_the_text(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 5, reason="")
    reinstate_times(mia, pack, reason=None)
    pages = [
        LIST,
        reverse("purchases:purchase_detail", args=[pack.pk]),
        reverse("purchases:client_detail", args=[pack.client_id]),
        reverse("purchases:rows") + f"?ids={pack.pk}",
    ]

    for page in pages:
        assert "2nd in 30 days" in the_row_on(desk.get(page)).words, page
    assert "3rd in 30 days" in the_row_on(post_action(desk, "reinstate", pack, htmx=True)).words


def test_allowances_need_one_query_and_only_if_the_org_has_one(
    desk: Client,
    northside: Org,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_purchases(org=northside, count=50)
    with django_assert_num_queries(3):
        # The queries: 1. the session with its members and allowances, 2. the purchases.
        desk.get(LIST)
    for reason in ["", *SessionRequest.Reason]:
        allow(northside, 2, reason=reason)

    with django_assert_num_queries(4):
        # The third query counts the reinstatements of the page's clients.
        page = desk.get(LIST)
    assert len(rows_on(page)) == 50


def test_accountant_sees_no_text_and_needs_no_query(
    signed_in: SignIn,
    ada: User,
    mia: User,
    northside: Org,
    pack: Purchase,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    allow(northside, 1, reason="")
    reinstate_times(mia, pack, reason=None)
    browser = signed_in(ada)

    with django_assert_num_queries(3):
        page = browser.get(LIST)
    assert "in 30 days" not in the_row_on(page).words
