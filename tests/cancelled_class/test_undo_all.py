"""“Undo this list” takes every session of a list back, each by its own request."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from purchases.cancelled_class import chunks
from purchases.cancelled_class.process import process_chunk
from purchases.cancelled_class.undo import undo_chunk
from purchases.models import Org, Refusal, SessionEvent, SessionRequest
from purchases.operations import sessions
from purchases.operations.requests import Operation
from studio.models import User
from tests.cancelled_class.lists import create_list_by, make_done_list
from tests.cancelled_class.pages import (
    PAGE,
    detail,
    finish,
    progress_on,
    submit_list,
    undo_list,
)
from tests.conftest import SignIn
from tests.database import another_connection, rows
from tests.factories import make_purchase, make_purchases
from tests.ledger import undone_by, used_by
from tests.pages import html_of, words_on
from tests.purchase_kinds import used

BUTTON = "Undo this list"


def undone_count() -> int:
    return SessionEvent.objects.filter(kind=SessionEvent.Kind.UNDONE).count()


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_each_session_is_taken_back_by_its_own_request(
    northside: Org, desk: Client, mia: User, htmx: bool
) -> None:
    packs = [make_purchase(org=northside, used=used) for used in (3, 1, 10)]
    class_list = make_done_list(mia, *packs)
    assert BUTTON in words_on(desk.get(detail(class_list.pk)))

    answer = undo_list(desk, class_list.pk, htmx=htmx)
    page = answer if htmx else desk.get(answer["Location"])

    assert [used(pack) for pack in packs] == [3, 1, 10]
    assert progress_on(page) == "3 of 3 given back · 3 undone"
    assert words_on(page).count("given back undone") == 3
    assert BUTTON not in words_on(page)
    undos = SessionRequest.objects.filter(operation="undo")
    lines = {line.purchase_id: line for line in class_list.lines.all()}
    assert {each.request_id for each in undos} == {
        line.undo_request_id(mia.pk) for line in lines.values()
    }
    assert {each.event_id for each in undos} == set(
        SessionEvent.objects.filter(kind="reinstated").values_list("pk", flat=True)
    )


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_undoing_a_list_is_idempotent(northside: Org, desk: Client, mia: User, htmx: bool) -> None:
    packs = make_purchases(org=northside, count=3)
    class_list = make_done_list(mia, *packs)

    for _ in range(3):
        undo_list(desk, class_list.pk, htmx=htmx)
        finish(desk, class_list.pk, htmx=htmx)
        submit_list(desk, class_list.pk, *packs, htmx=htmx)

    assert undone_count() == 3
    assert {used(pack) for pack in packs} == {3}


def test_htmx_undoes_chunks_of_50_until_the_end(northside: Org, desk: Client, mia: User) -> None:
    class_list = make_done_list(mia, *make_purchases(org=northside, count=120))

    first = undo_list(desk, class_list.pk, htmx=True)
    assert progress_on(first) == "120 of 120 given back · 50 undone"
    assert '<progress max="120" value="50"' in html_of(first)
    assert 'data-hx-trigger="load, submit"' in html_of(first)
    second = undo_list(desk, class_list.pk, htmx=True)
    assert progress_on(second) == "120 of 120 given back · 100 undone"
    last = undo_list(desk, class_list.pk, htmx=True)
    assert progress_on(last) == "120 of 120 given back · 120 undone"
    assert "load, submit" not in html_of(last)
    assert html_of(last).count('id="result-') == 120


def test_button_continues_without_javascript(northside: Org, desk: Client, mia: User) -> None:
    class_list = make_done_list(mia, *make_purchases(org=northside, count=60))

    page = desk.get(undo_list(desk, class_list.pk)["Location"])
    assert progress_on(page) == "60 of 60 given back · 50 undone"
    assert "Undo the rest of this list" in words_on(page)
    assert 'data-hx-trigger="submit"' in html_of(page), "loading the page changes nothing"
    undo_list(desk, class_list.pk)

    assert undone_count() == 60


def test_owner_undoes_the_list_of_the_staff_however_late(
    northside: Org,
    desk: Client,
    mia: User,
    olivia: User,
    signed_in: SignIn,
    later: Callable[[timedelta], None],
) -> None:
    packs = make_purchases(org=northside, count=3)
    class_list = make_done_list(mia, *packs)
    later(timedelta(days=2))

    page = desk.get(undo_list(desk, class_list.pk)["Location"])
    assert BUTTON not in words_on(page)
    assert words_on(page).count(f"Not undone: {Refusal.TOO_LATE.label}") == 3
    assert {used(pack) for pack in packs} == {2}

    owner = signed_in(olivia)
    page = owner.get(detail(class_list.pk))
    assert BUTTON in words_on(page)
    assert "Not undone" not in words_on(page)
    undo_list(owner, class_list.pk)
    assert {used(pack) for pack in packs} == {3}


def test_staff_undo_their_own_sessions_only(
    northside: Org, desk: Client, mia: User, olivia: User
) -> None:
    packs = make_purchases(org=northside, count=60)
    class_list = create_list_by(mia, *packs)
    process_chunk(member=mia.membership, class_list=class_list)
    process_chunk(member=olivia.membership, class_list=class_list)

    undo_list(desk, class_list.pk)
    page = desk.get(undo_list(desk, class_list.pk)["Location"])

    assert undone_count() == 50
    assert words_on(page).count(f"Not undone: {Refusal.NOT_YOURS.label}") == 10
    assert BUTTON not in words_on(page)
    assert "Undo the rest" not in words_on(page)


def test_page_shows_why_a_session_was_not_undone(northside: Org, desk: Client, mia: User) -> None:
    full, undone, deleted, pack = (make_purchase(org=northside, used=10) for _ in range(4))
    class_list = make_done_list(mia, full, undone, deleted, pack)
    used_by(mia, full)
    undone_by(mia, SessionEvent.objects.get(kind="reinstated", purchase_id=undone.pk))
    rows("DELETE FROM client_purchases WHERE id = %s", deleted.pk)

    page = desk.get(undo_list(desk, class_list.pk)["Location"])

    assert progress_on(page) == "4 of 4 given back · 2 undone"
    assert words_on(page).count(f"Not undone: {Refusal.NO_ROOM.label}") == 1
    assert (used(full), used(undone), used(pack)) == (10, 10, 10)
    assert undone_count() == 2


def test_unfinished_list_is_withdrawn_and_can_not_be_finished(
    northside: Org, desk: Client, mia: User
) -> None:
    packs = make_purchases(org=northside, count=60)
    class_list = create_list_by(mia, *packs)
    process_chunk(member=mia.membership, class_list=class_list)

    for _ in range(2):
        undo_list(desk, class_list.pk)
    for _ in range(2):
        finish(desk, class_list.pk)
        submit_list(desk, class_list.pk, *packs)

    page = desk.get(detail(class_list.pk))
    assert progress_on(page) == "50 of 60 given back · 10 refused · 50 undone"
    assert words_on(page).count(Refusal.LIST_UNDONE.label) == 10
    assert {used(pack) for pack in packs} == {3}


def test_staff_do_not_withdraw_the_list_of_another_member(
    northside: Org, desk: Client, olivia: User, mia: User
) -> None:
    packs = make_purchases(org=northside, count=60)
    class_list = create_list_by(olivia, *packs)
    process_chunk(member=mia.membership, class_list=class_list)

    for _ in range(2):
        undo_list(desk, class_list.pk)

    assert progress_on(desk.get(detail(class_list.pk))) == (
        "50 of 60 given back · 10 left to do · 50 undone"
    )


def test_recent_lists_show_undone_sessions(northside: Org, desk: Client, mia: User) -> None:
    class_list = make_done_list(mia, *make_purchases(org=northside, count=3))
    undo_list(desk, class_list.pk)

    assert "3 undone" in words_on(desk.get(PAGE))


def test_chunk_of_500_needs_14_queries_and_one_per_purchase(
    northside: Org,
    desk: Client,
    mia: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    class_list = make_done_list(mia, *make_purchases(org=northside, count=500))

    with django_assert_max_num_queries(14 + 50):
        # The queries: 1. the session with its members, 2. the list, 3. its lines, 4. their
        # purchases, 5. their expiries, 6. their requests, 7. the events of
        # these; one claim per purchase; 3 to 7 again; and the progress.
        undo_list(desk, class_list.pk, htmx=True)


def test_each_chunk_begins_with_a_random_purchase(
    northside: Org, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every purchase is busy and stays left. In a fixed order, each chunk would try the first
    purchase only."""
    class_list = make_done_list(mia, *make_purchases(org=northside, count=4))
    tried: list[int] = []
    monkeypatch.setattr(chunks, "SECONDS", -1)
    monkeypatch.setattr(
        "purchases.operations.undo", lambda *, event, **_: tried.append(event.purchase_id)
    )

    for _ in range(80):
        undo_chunk(member=mia.membership, class_list=class_list)

    assert len(tried) == 80
    assert len(set(tried)) == 4


@pytest.mark.django_db(transaction=True)
def test_locked_purchase_does_not_block_the_rest_of_the_list(
    northside: Org, desk: Client, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = sessions.STATEMENTS[Operation.UNDO]
    monkeypatch.setitem(sessions.STATEMENTS, Operation.UNDO, statement.replace("'3s'", "'100ms'"))
    locked, free = make_purchase(org=northside), make_purchase(org=northside)
    class_list = make_done_list(mia, locked, free)

    with another_connection() as other, other.transaction():
        other.execute("SELECT FROM client_purchases WHERE id = %s FOR UPDATE", [locked.pk])
        first = undo_list(desk, class_list.pk, htmx=True)
        again = undo_list(desk, class_list.pk, htmx=True)
    assert progress_on(first) == progress_on(again) == "2 of 2 given back · 1 undone"
    assert "Another program is changing the rest." in words_on(again)
    assert 'data-hx-trigger="submit"' in html_of(again), "the page does not poll for ever"
    undo_list(desk, class_list.pk)

    assert (used(locked), used(free)) == (3, 3)


def test_undo_request_id_is_derived_from_line_and_user(northside: Org, mia: User) -> None:
    class_list = create_list_by(mia, *make_purchases(org=northside, count=2))
    one, other = class_list.lines.all()

    ids = {one.undo_request_id(1), one.undo_request_id(2), other.undo_request_id(1)}
    assert len(ids | {one.pk, other.pk, uuid4()}) == 6
    assert one.undo_request_id(1) in ids
