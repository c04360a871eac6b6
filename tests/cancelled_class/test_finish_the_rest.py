"""Finish the rest: a list is worked through in as many presses as it takes, by whoever is there."""

from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from purchases.cancelled_class import process
from purchases.models import Org, Purchase, SessionRequest
from purchases.operations import sessions
from purchases.operations.requests import CLAIM
from studio.models import User
from tests.cancelled_class.lists import given_back, written_by
from tests.cancelled_class.pages import PAGE, come, detail, finish, press
from tests.conftest import SignIn
from tests.database import another_connection, rows
from tests.factories import make_purchase, make_purchases
from tests.pages import html_of, words_on
from tests.purchase_kinds import used


def test_50_are_done_in_a_press_and_htmx_goes_on_by_itself(northside: Org, desk: Client) -> None:
    packs = make_purchases(org=northside, count=120)
    list_id = uuid4()

    first = press(desk, list_id, *packs, htmx=True)
    assert first["HX-Push-Url"] == detail(list_id)
    assert come(first) == "50 of 120 given back · 70 left to do"
    assert '<progress max="120" value="50"' in html_of(first)
    assert 'data-hx-trigger="load, submit"' in html_of(first)
    second = finish(desk, list_id, htmx=True)
    assert come(second) == "100 of 120 given back · 20 left to do"
    assert "<h1" not in html_of(second)
    last = finish(desk, list_id, htmx=True)
    assert come(last) == "120 of 120 given back"
    assert "data-hx-trigger" not in html_of(last)
    assert html_of(last).count('id="result-') == 120


def test_without_javascript_a_button_goes_on(northside: Org, desk: Client) -> None:
    packs = make_purchases(org=northside, count=60)
    list_id = uuid4()

    page = desk.get(press(desk, list_id, *packs)["Location"])
    assert come(page) == "50 of 60 given back · 10 left to do"
    assert "Finish the rest" in words_on(page)
    assert 'data-hx-trigger="submit"' in html_of(page), "to look at it changes nothing"
    page = desk.get(finish(desk, list_id)["Location"])
    assert come(page) == "60 of 60 given back"


def test_a_closed_browser_finds_the_list_again_and_anybody_at_the_desk_finishes_it(
    northside: Org, desk: Client, mia: User, olivia: User, signed_in: SignIn
) -> None:
    packs = make_purchases(org=northside, count=60)
    list_id = uuid4()
    press(desk, list_id, *packs)

    owner = signed_in(olivia)
    page = owner.get(PAGE)
    assert "10 left to do" in words_on(page)
    assert detail(list_id) in html_of(page)
    finish(owner, list_id)

    assert given_back() == 60
    assert SessionRequest.objects.filter(actor=olivia).count() == 10
    assert "left to do" not in words_on(desk.get(PAGE))


def test_a_purchase_that_was_deleted_meanwhile_is_said(
    northside: Org, desk: Client, mia: User
) -> None:
    gone, there = make_purchase(org=northside), make_purchase(org=northside)
    written = written_by(mia, gone, there)
    rows("DELETE FROM client_purchases WHERE id = %s", gone.pk)

    page = desk.get(finish(desk, written.pk)["Location"])

    assert come(page) == "1 of 2 given back · 1 refused"
    assert "This purchase was deleted after the list was sent." in words_on(page)
    assert press(desk, written.pk, there).status_code == 302, "the same list, as far as it is there"


def test_a_chunk_takes_7_queries_and_one_a_purchase(
    northside: Org,
    desk: Client,
    mia: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    written = written_by(mia, *make_purchases(org=northside, count=500))

    with django_assert_max_num_queries(7 + 50):
        # 1. the session, with its people 2. the list 3. how far it has come
        # 4. what is left 5. those purchases 6. how far it has come; and each its claim
        finish(desk, written.pk, htmx=True)


def test_a_list_of_500_is_shown_with_8_queries(
    northside: Org,
    desk: Client,
    mia: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    written = written_by(mia, *make_purchases(org=northside, count=500))
    for _ in range(10):
        finish(desk, written.pk)

    with django_assert_max_num_queries(8):
        # 1. the session, with its people 2. the list 3. how far it has come
        # 4. its lines 5. their purchases 6. their requests with the events
        page = desk.get(detail(written.pk))

    assert come(page) == "500 of 500 given back"


@pytest.mark.parametrize(
    ("limit", "value"),
    [("CHUNK", 1), ("SECONDS", -1)],
    ids=["a chunk has one purchase", "the time is up after one purchase"],
)
def test_each_press_begins_with_a_random_purchase(
    northside: Org, mia: User, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    """Every purchase is busy and stays left. In a fixed order the first one would be tried at every
    press, and the others never."""
    packs = make_purchases(org=northside, count=4)
    written = written_by(mia, *packs)
    tried: list[Purchase] = []
    monkeypatch.setattr(process, limit, value)
    monkeypatch.setattr(process, "_reinstate_one", lambda *arguments: tried.append(arguments[-1]))

    for _ in range(80):
        process.process_chunk(member=mia.membership, written=written)

    assert len(tried) == 80
    assert {purchase.pk for purchase in tried} == {pack.pk for pack in packs}


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_program_holds_keeps_nobody_else_waiting(
    northside: Org, desk: Client, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = CLAIM.replace("'3s'", "'100ms'")
    assert hurried != CLAIM
    monkeypatch.setattr(sessions, "CLAIM", hurried)
    held, free = make_purchase(org=northside), make_purchase(org=northside)
    written = written_by(mia, held, free)

    with another_connection() as other, other.transaction():
        other.execute("SELECT FROM client_purchases WHERE id = %s FOR UPDATE", [held.pk])
        first = finish(desk, written.pk, htmx=True)
        again = finish(desk, written.pk, htmx=True)
    assert come(first) == come(again) == "1 of 2 given back · 1 left to do"
    assert "Another program is changing the rest." in words_on(again)
    assert 'data-hx-trigger="submit"' in html_of(again), "it does not press for ever"
    finish(desk, written.pk)

    assert (used(held), used(free)) == (2, 2)
