"""Idempotent requests: the request id is an idempotency key.

A retry with the same id changes nothing and gets the first answer. The id cannot be reused for
another action. Concurrent requests are in test_concurrent_requests.py.
"""

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
from purchases.operations.commands import Use
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import make_purchase
from tests.ledger import changes, reinstated_by, used_by
from tests.pages import (
    AS_PAGE_AND_HTMX,
    USED_BEFORE,
    Action,
    note_on,
    post_action,
    post_undo,
    the_row_on,
    undo_on,
    words_on,
)
from tests.purchase_kinds import used

ACTIONS = pytest.mark.parametrize("action", ["reinstate", "use"])


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, total=10, used=3)


def everything() -> list[object]:
    """Return all rows of the purchases, events and requests."""
    tables = ["client_purchases", "session_events", "session_requests"]
    return [rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


# --- Retries --------------------------------------------------------------------------------------


@ACTIONS
@AS_PAGE_AND_HTMX
def test_a_second_request_with_the_same_id_changes_nothing(
    desk: Client, pack: Purchase, action: Action, htmx: bool
) -> None:
    request_id = str(uuid4())

    first, second = (
        post_action(desk, action, pack, htmx=htmx, request_id=request_id, note="twice")
        for _ in range(2)
    )

    assert second.status_code == first.status_code == (200 if htmx else 302)
    if htmx:
        assert the_row_on(second).normalized == the_row_on(first).normalized
        assert (note_on(second), undo_on(second)) == (note_on(first), undo_on(first))
    assert len(changes(pack)) == 1
    assert SessionRequest.objects.count() == 1


@ACTIONS
def test_a_retry_gets_the_first_message_and_the_current_row(
    desk: Client, mia: User, pack: Purchase, action: Action
) -> None:
    request_id = str(uuid4())
    first = post_action(desk, action, pack, htmx=True, request_id=request_id)
    for _ in range(3):
        used_by(mia, pack)
    Purchase.objects.update(payment_status="refunded", expires_at=timezone.now())
    before = everything()

    retry = post_action(desk, action, pack, htmx=True, request_id=request_id)

    assert retry.status_code == 200
    assert note_on(retry).split(" The pack expired")[0] == note_on(first)
    assert the_row_on(retry).used == str(used(pack)) != the_row_on(first).used
    assert everything() == before


def test_a_retry_gets_the_first_message_even_after_an_undo(desk: Client, pack: Purchase) -> None:
    request_id = str(uuid4())
    first = post_action(desk, "reinstate", pack, htmx=True, request_id=request_id)
    desk.post(undo_on(first) or "", {"request_id": str(uuid4())})

    retry = post_action(desk, "reinstate", pack, htmx=True, request_id=request_id)

    assert note_on(retry) == note_on(first)
    assert the_row_on(retry).used == "3" == str(used(pack))


# kind: (action, columns with which it is refused, columns with which it succeeds).
REFUSALS: dict[str, tuple[Action, dict[str, Any], dict[str, Any]]] = {
    "nothing used": ("reinstate", {"sessions_used": 0}, {"sessions_used": 3}),
    "used up": ("use", {"sessions_used": 10}, {"sessions_used": 3}),
    "expired": ("use", {"expires_at": timezone.now() - timedelta(days=1)}, {"expires_at": None}),
    "not paid": ("reinstate", {"payment_status": "pending"}, {"payment_status": "succeeded"}),
    "refunded": ("use", {"payment_status": "refunded"}, {"payment_status": "succeeded"}),
    "no total": ("use", {"sessions_total": None}, {"sessions_total": 10}),
    "count missing": ("use", {"sessions_used": None}, {"sessions_used": 3}),
}


@AS_PAGE_AND_HTMX
@pytest.mark.parametrize("kind", REFUSALS)
def test_a_retry_is_refused_again_even_if_it_would_succeed_now(
    desk: Client, pack: Purchase, kind: str, htmx: bool
) -> None:
    action, impossible, possible = REFUSALS[kind]
    Purchase.objects.update(**impossible)
    request_id = str(uuid4())
    first = post_action(desk, action, pack, htmx=htmx, request_id=request_id)
    Purchase.objects.update(**possible)
    before = everything()

    retry = post_action(desk, action, pack, htmx=htmx, request_id=request_id)

    assert first.status_code == retry.status_code == 409
    assert refusal_text(retry) == refusal_text(first) != ""
    assert everything() == before
    assert post_action(desk, action, pack, htmx=True).status_code == 200, (
        "a new request id succeeds"
    )


def refusal_text(refusal: HttpResponseBase) -> str:
    """Return the message of the refusal, of a fragment or of a whole page."""
    return note_on(refusal) or words_on(refusal).partition("Not changed ")[2].partition(".")[0]


def test_a_refusal_by_the_database_alone_is_repeated(mia: User, pack: Purchase) -> None:
    """Another program changed the pack after the view had loaded it."""
    command = Use(request_id=uuid4())
    use = partial(operations.use, member=mia.membership, purchase=pack, command=command)
    Purchase.objects.update(expires_at=timezone.now() - timedelta(days=1))
    texts = []
    for _ in range(2):
        with pytest.raises(operations.Refused) as refused:
            use()
        texts.append(str(refused.value))
        Purchase.objects.update(expires_at=None)

    assert texts[0] == texts[1]
    assert changes(pack) == []


def test_an_action_is_one_statement_and_a_retry_reads_the_first_answer(
    mia: User, pack: Purchase
) -> None:
    command = Use(request_id=uuid4())
    use = partial(operations.use, member=mia.membership, purchase=pack, command=command)
    with CaptureQueriesContext(connection) as first:
        use()
    with CaptureQueriesContext(connection) as retry:
        use()

    assert len(first) == 1
    assert len(retry) == 5, "the claim, its standbys, the request, the current counts, the event"


# --- Reused ids -----------------------------------------------------------------------------------


@pytest.mark.parametrize("refused_before", [False, True])
@pytest.mark.parametrize("other", ["purchase", "operation", "actor", "event", "undo"])
def test_a_request_id_cannot_be_reused_for_another_action(
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
    first = post_action(desk, "reinstate", pack, htmx=True, request_id=request_id)
    assert first.status_code == (409 if refused_before else 200)
    Purchase.objects.update(payment_status="succeeded")
    before = everything()

    match other:
        case "purchase":
            answer = post_action(desk, "reinstate", another, htmx=True, request_id=request_id)
        case "operation":
            answer = post_action(desk, "use", pack, htmx=True, request_id=request_id)
        case "actor":
            browser = signed_in(olivia)
            answer = post_action(browser, "reinstate", pack, htmx=True, request_id=request_id)
        case "event":
            answer = post_action(
                desk, "reinstate", pack, htmx=True, request_id=request_id, event=str(visit.pk)
            )
        case _:
            answer = post_undo(desk, given_back.pk, htmx=True, request_id=request_id)

    assert answer.status_code == 409
    assert note_on(answer) == USED_BEFORE
    assert everything() == before


def test_a_member_of_another_org_cannot_reuse_the_id(
    pack: Purchase, desk: Client, otto: User, southside: Org, signed_in: SignIn
) -> None:
    request_id = str(uuid4())
    post_action(desk, "reinstate", pack, request_id=request_id)
    foreign = make_purchase(org=southside)

    browser = signed_in(otto)
    assert post_action(browser, "reinstate", pack, request_id=request_id).status_code == 404
    answer = post_action(browser, "reinstate", foreign, htmx=True, request_id=request_id)

    assert (answer.status_code, note_on(answer)) == (409, USED_BEFORE)
    assert used(foreign) == 3


@pytest.mark.parametrize("request_id", [None, "", "7", "\0"])
def test_an_undo_without_a_valid_id_is_400(
    desk: Client, mia: User, pack: Purchase, request_id: str | None
) -> None:
    """For Reinstate and Use, see test_reinstate_and_use.py."""
    given_back = reinstated_by(mia, pack)

    response = post_undo(desk, given_back.pk, request_id=request_id)

    assert response.status_code == 400
    assert "This page is out of date. Reload it, then press again." in words_on(response)
    assert used(pack) == 2
