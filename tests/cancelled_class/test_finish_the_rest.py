"""“Finish the rest” processes a list in chunks. Any member at the desk may continue it."""

from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from purchases.cancelled_class import chunks, process
from purchases.models import Org, Purchase, SessionRequest
from purchases.operations import sessions
from purchases.operations.requests import Operation
from studio.models import User
from tests.cancelled_class.lists import create_list_by, reinstatement_count
from tests.cancelled_class.pages import PAGE, detail, finish, progress_on, submit_list
from tests.conftest import SignIn
from tests.database import another_connection, rows
from tests.factories import make_purchase, make_purchases
from tests.pages import html_of, words_on
from tests.purchase_kinds import used


def test_htmx_processes_chunks_of_50_until_the_end(northside: Org, desk: Client) -> None:
    packs = make_purchases(org=northside, count=120)
    list_id = uuid4()

    first = submit_list(desk, list_id, *packs, htmx=True)
    assert first["HX-Push-Url"] == detail(list_id)
    assert progress_on(first) == "50 of 120 given back · 70 left to do"
    assert '<progress max="120" value="50"' in html_of(first)
    assert 'data-hx-trigger="load, submit"' in html_of(first)
    second = finish(desk, list_id, htmx=True)
    assert progress_on(second) == "100 of 120 given back · 20 left to do"
    assert "<h1" not in html_of(second)
    last = finish(desk, list_id, htmx=True)
    assert progress_on(last) == "120 of 120 given back"
    assert "load, submit" not in html_of(last)
    assert html_of(last).count('id="result-') == 120


def test_button_continues_without_javascript(northside: Org, desk: Client) -> None:
    packs = make_purchases(org=northside, count=60)
    list_id = uuid4()

    page = desk.get(submit_list(desk, list_id, *packs)["Location"])
    assert progress_on(page) == "50 of 60 given back · 10 left to do"
    assert "Finish the rest" in words_on(page)
    assert 'data-hx-trigger="submit"' in html_of(page), "loading the page changes nothing"
    page = desk.get(finish(desk, list_id)["Location"])
    assert progress_on(page) == "60 of 60 given back"


def test_another_member_finds_and_finishes_the_list(
    northside: Org, desk: Client, mia: User, olivia: User, signed_in: SignIn
) -> None:
    packs = make_purchases(org=northside, count=60)
    list_id = uuid4()
    submit_list(desk, list_id, *packs)

    owner = signed_in(olivia)
    page = owner.get(PAGE)
    assert "10 left to do" in words_on(page)
    assert detail(list_id) in html_of(page)
    finish(owner, list_id)

    assert reinstatement_count() == 60
    assert SessionRequest.objects.filter(actor=olivia).count() == 10
    assert "left to do" not in words_on(desk.get(PAGE))


def test_deleted_purchase_is_reported(northside: Org, desk: Client, mia: User) -> None:
    deleted, pack = make_purchase(org=northside), make_purchase(org=northside)
    class_list = create_list_by(mia, deleted, pack)
    rows("DELETE FROM client_purchases WHERE id = %s", deleted.pk)

    page = desk.get(finish(desk, class_list.pk)["Location"])

    assert progress_on(page) == "1 of 2 given back · 1 refused"
    assert "This purchase was deleted after the list was sent." in words_on(page)
    answer = submit_list(desk, class_list.pk, pack)
    assert answer.status_code == 302, "the list without its deleted purchase is the same list"


def test_chunk_needs_7_queries_and_one_per_purchase(
    northside: Org,
    desk: Client,
    mia: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    class_list = create_list_by(mia, *make_purchases(org=northside, count=500))

    with django_assert_max_num_queries(7 + 50):
        # The queries: 1. the session with its members, 2. the list, 3. its progress, 4. the lines
        # left, 5. their purchases, 6. the new progress; and one claim per purchase.
        finish(desk, class_list.pk, htmx=True)


def test_list_of_500_needs_8_queries(
    northside: Org,
    desk: Client,
    mia: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    class_list = create_list_by(mia, *make_purchases(org=northside, count=500))
    for _ in range(10):
        finish(desk, class_list.pk)

    with django_assert_max_num_queries(8):
        # The queries: 1. the session with its members, 2. the list, 3. its progress, 4. its
        # lines, 5. their purchases, 6. their requests with the events.
        page = desk.get(detail(class_list.pk))

    assert progress_on(page) == "500 of 500 given back"


@pytest.mark.parametrize(
    ("limit", "value"),
    [("CHUNK", 1), ("SECONDS", -1)],
    ids=["a chunk has one purchase", "the time is up after one purchase"],
)
def test_each_chunk_begins_with_a_random_purchase(
    northside: Org, mia: User, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    """Every purchase is busy and stays left. In a fixed order, each chunk would try the first
    purchase only."""
    packs = make_purchases(org=northside, count=4)
    class_list = create_list_by(mia, *packs)
    tried: list[Purchase] = []
    monkeypatch.setattr(chunks, limit, value)
    monkeypatch.setattr(
        "purchases.operations.reinstate", lambda *, purchase, **_: tried.append(purchase)
    )

    for _ in range(80):
        process.process_chunk(member=mia.membership, class_list=class_list)

    assert len(tried) == 80
    assert {purchase.pk for purchase in tried} == {pack.pk for pack in packs}


@pytest.mark.django_db(transaction=True)
def test_locked_purchase_does_not_block_the_rest_of_the_list(
    northside: Org, desk: Client, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = sessions.STATEMENTS[Operation.REINSTATE]
    short_timeout = statement.replace("'3s'", "'100ms'")
    assert short_timeout != statement
    monkeypatch.setitem(sessions.STATEMENTS, Operation.REINSTATE, short_timeout)
    locked, free = make_purchase(org=northside), make_purchase(org=northside)
    class_list = create_list_by(mia, locked, free)

    with another_connection() as other, other.transaction():
        other.execute("SELECT FROM client_purchases WHERE id = %s FOR UPDATE", [locked.pk])
        first = finish(desk, class_list.pk, htmx=True)
        again = finish(desk, class_list.pk, htmx=True)
    assert progress_on(first) == progress_on(again) == "1 of 2 given back · 1 left to do"
    assert "Another program is changing the rest." in words_on(again)
    assert 'data-hx-trigger="submit"' in html_of(again), "the page does not poll for ever"
    finish(desk, class_list.pk)

    assert (used(locked), used(free)) == (2, 2)
