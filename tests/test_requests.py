"""A request counts once. The same id again gets the first answer, whatever has happened since; for
something else it is refused. What comes at the same moment is in test_same_press_at_once.py."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from purchases import operations
from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import make_purchase
from tests.ledger import changes, reinstated_by, used_by
from tests.pages import (
    DOORS,
    USED_BEFORE,
    Act,
    note_on,
    press,
    press_undo,
    the_row_on,
    undo_on,
    words_on,
)
from tests.purchase_kinds import used

ACTS = pytest.mark.parametrize("act", ["reinstate", "use"])


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, total=10, used=3)


def everything() -> list[object]:
    tables = ["client_purchases", "session_events", "session_requests"]
    return [rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


# --- The same again -------------------------------------------------------------------------------


@ACTS
@DOORS
def test_pressed_twice_it_counts_once_and_answers_the_same(
    desk: Client, pack: Purchase, act: Act, htmx: bool
) -> None:
    request_id = str(uuid4())

    first, second = (
        press(desk, act, pack, htmx=htmx, request_id=request_id, note="twice") for _ in range(2)
    )

    assert second.status_code == first.status_code == (200 if htmx else 302)
    if htmx:
        assert the_row_on(second).lasting == the_row_on(first).lasting
        assert (note_on(second), undo_on(second)) == (note_on(first), undo_on(first))
    assert len(changes(pack)) == 1
    assert SessionRequest.objects.count() == 1


@ACTS
def test_later_changes_do_not_change_the_answer_and_the_row_shows_what_stands_now(
    desk: Client, mia: User, pack: Purchase, act: Act
) -> None:
    request_id = str(uuid4())
    first = press(desk, act, pack, htmx=True, request_id=request_id)
    for _ in range(3):
        used_by(mia, pack)
    Purchase.objects.update(payment_status="refunded", expires_at=timezone.now())
    before = everything()

    again = press(desk, act, pack, htmx=True, request_id=request_id)

    assert again.status_code == 200
    assert note_on(again).split(" The pack expired")[0] == note_on(first)
    assert the_row_on(again).used == str(used(pack)) != the_row_on(first).used
    assert everything() == before


def test_what_was_undone_since_is_still_told_as_it_was(desk: Client, pack: Purchase) -> None:
    request_id = str(uuid4())
    first = press(desk, "reinstate", pack, htmx=True, request_id=request_id)
    desk.post(undo_on(first) or "", {"request_id": str(uuid4())})

    again = press(desk, "reinstate", pack, htmx=True, request_id=request_id)

    assert note_on(again) == note_on(first)
    assert the_row_on(again).used == "3" == str(used(pack))


# What makes each press impossible, and what makes it possible again.
REFUSALS: dict[str, tuple[Act, dict[str, Any], dict[str, Any]]] = {
    "nothing used": ("reinstate", {"sessions_used": 0}, {"sessions_used": 3}),
    "used up": ("use", {"sessions_used": 10}, {"sessions_used": 3}),
    "expired": ("use", {"expires_at": timezone.now() - timedelta(days=1)}, {"expires_at": None}),
    "not paid": ("reinstate", {"payment_status": "pending"}, {"payment_status": "succeeded"}),
    "refunded": ("use", {"payment_status": "refunded"}, {"payment_status": "succeeded"}),
    "no total": ("use", {"sessions_total": None}, {"sessions_total": 10}),
    "count missing": ("use", {"sessions_used": None}, {"sessions_used": 3}),
}


@DOORS
@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_stays_one_when_the_press_would_be_possible_by_now(
    desk: Client, pack: Purchase, kind: str, htmx: bool
) -> None:
    act, impossible, possible = REFUSALS[kind]
    Purchase.objects.update(**impossible)
    request_id = str(uuid4())
    first = press(desk, act, pack, htmx=htmx, request_id=request_id)
    Purchase.objects.update(**possible)
    before = everything()

    again = press(desk, act, pack, htmx=htmx, request_id=request_id)

    assert first.status_code == again.status_code == 409
    assert told(again) == told(first) != ""
    assert everything() == before
    assert press(desk, act, pack, htmx=True).status_code == 200, "a new press is a new request"


def told(refusal: HttpResponseBase) -> str:
    return note_on(refusal) or words_on(refusal).partition("Not changed ")[2].partition(".")[0]


def test_a_refusal_by_the_database_alone_replays_as_it_was(mia: User, pack: Purchase) -> None:
    """The pack changed between the look at it and the press."""
    use = partial(operations.use, member=mia.membership, purchase=pack, request_id=uuid4())
    Purchase.objects.update(expires_at=timezone.now() - timedelta(days=1))
    texts = []
    for _ in range(2):
        with pytest.raises(operations.Refused) as refused:
            use()
        texts.append(str(refused.value))
        Purchase.objects.update(expires_at=None)

    assert texts[0] == texts[1]
    assert changes(pack) == []


def test_an_act_is_one_statement_and_a_replay_looks_up_the_answer(
    mia: User, pack: Purchase
) -> None:
    use = partial(operations.use, member=mia.membership, purchase=pack, request_id=uuid4())
    with CaptureQueriesContext(connection) as first:
        use()
    with CaptureQueriesContext(connection) as again:
        use()

    assert len(first) == 1
    assert len(again) == 3, "the claim, the request with its event, the counts that stand"


# --- The same id for something else ---------------------------------------------------------------


@pytest.mark.parametrize("refused_before", [False, True])
@pytest.mark.parametrize("other", ["purchase", "operation", "actor", "event", "undo"])
def test_an_id_that_was_used_for_something_else_is_refused_and_nothing_happens(
    northside: Org,
    pack: Purchase,
    mia: User,
    olivia: User,
    signed_in: SignIn,
    other: str,
    refused_before: bool,
) -> None:
    visit = used_by(mia, pack)
    given_back = reinstated_by(mia, make_purchase(org=northside))
    another = make_purchase(org=northside)
    desk, request_id = signed_in(mia), str(uuid4())
    Purchase.objects.filter(pk=pack.pk).update(
        payment_status="pending" if refused_before else "succeeded"
    )
    first = press(desk, "reinstate", pack, htmx=True, request_id=request_id)
    assert first.status_code == (409 if refused_before else 200)
    Purchase.objects.update(payment_status="succeeded")
    before = everything()

    match other:
        case "purchase":
            answer = press(desk, "reinstate", another, htmx=True, request_id=request_id)
        case "operation":
            answer = press(desk, "use", pack, htmx=True, request_id=request_id)
        case "actor":
            browser = signed_in(olivia)
            answer = press(browser, "reinstate", pack, htmx=True, request_id=request_id)
        case "event":
            answer = press(
                desk, "reinstate", pack, htmx=True, request_id=request_id, event=str(visit.pk)
            )
        case _:
            answer = press_undo(desk, given_back.pk, htmx=True, request_id=request_id)

    assert answer.status_code == 409
    assert note_on(answer) == USED_BEFORE
    assert everything() == before


def test_a_stranger_who_knows_the_id_learns_nothing(
    pack: Purchase, desk: Client, otto: User, southside: Org, signed_in: SignIn
) -> None:
    request_id = str(uuid4())
    press(desk, "reinstate", pack, request_id=request_id)
    theirs = make_purchase(org=southside)

    browser = signed_in(otto)
    assert press(browser, "reinstate", pack, request_id=request_id).status_code == 404
    answer = press(browser, "reinstate", theirs, htmx=True, request_id=request_id)

    assert (answer.status_code, note_on(answer)) == (409, USED_BEFORE)
    assert used(theirs) == 3


@pytest.mark.parametrize("request_id", [None, "", "7", "\0"])
def test_an_undo_without_its_id_is_refused(
    desk: Client, mia: User, pack: Purchase, request_id: str | None
) -> None:
    """Reinstate and Use: see test_reinstate_and_use.py."""
    given_back = reinstated_by(mia, pack)

    response = press_undo(desk, given_back.pk, request_id=request_id)

    assert response.status_code == 400
    assert "This page is out of date. Reload it, then press again." in words_on(response)
    assert used(pack) == 2
