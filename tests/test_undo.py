"""Undo of a reinstatement: by its member within 15 minutes, by an owner at any time."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase, Refusal, SessionEvent
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows, value
from tests.factories import keep_signed_in, make_purchase, make_user
from tests.ledger import changes, fresh, newest, reinstated_by, undone_by, used_by
from tests.pages import (
    AS_PAGE_AND_HTMX,
    LIST,
    USED_BEFORE,
    note_on,
    post_action,
    post_undo,
    refused,
    the_row_on,
    undo_on,
    words_on,
)
from tests.purchase_kinds import used
from tests.times import set_clock

QUARTER = timedelta(minutes=15)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, total=10, used=3)


def undo(
    browser: Client, event: SessionEvent, *, htmx: bool = True, request_id: str | None = None
) -> HttpResponseBase:
    return post_undo(browser, event.pk, htmx=htmx, request_id=request_id or str(uuid4()))


# --- Permission -----------------------------------------------------------------------------------


@AS_PAGE_AND_HTMX
def test_the_message_of_a_reinstatement_has_a_working_undo_button(
    desk: Client, pack: Purchase, htmx: bool
) -> None:
    answer = post_action(desk, "reinstate", pack, htmx=htmx)
    page = answer if htmx else desk.get(LIST)
    assert undo_on(page) == reverse("purchases:undo", args=[newest(pack).pk])

    undone = undo(desk, newest(pack), htmx=htmx)

    shown = undone if htmx else desk.get(undone["Location"])
    assert note_on(shown) == (
        "Undone for Ana Ruiz: the session counts as used again. 7 of 10 left."
    )
    assert the_row_on(shown).used == "3" == str(used(pack))
    assert changes(pack) == [("reinstated", -1, 2), ("undone", 1, 3)]


@pytest.mark.parametrize(
    ("after", "works"),
    [
        (timedelta(0), True),
        (QUARTER - timedelta(seconds=5), True),
        (QUARTER + timedelta(seconds=5), False),
    ],
)
def test_staff_can_undo_within_15_minutes(
    desk: Client,
    mia: User,
    pack: Purchase,
    later: Callable[[timedelta], None],
    after: timedelta,
    works: bool,
) -> None:
    event = reinstated_by(mia, pack)
    later(after)

    answer = undo(desk, event)

    assert answer.status_code == (200 if works else 409)
    assert used(pack) == (3 if works else 2)
    if not works:
        assert note_on(answer) == Refusal.TOO_LATE.label


@pytest.mark.parametrize(
    ("after", "status"),
    [(QUARTER, 200), (QUARTER + timedelta(microseconds=1), 409)],
    ids=["at 15 minutes", "a microsecond later"],
)
def test_staff_may_undo_at_15_minutes_exactly_and_not_a_microsecond_later(
    desk: Client,
    mia: User,
    pack: Purchase,
    monkeypatch: pytest.MonkeyPatch,
    after: timedelta,
    status: int,
) -> None:
    event = reinstated_by(mia, pack)
    keep_signed_in(event.occurred_at + after)
    set_clock(monkeypatch, lambda: event.occurred_at + after)

    assert undo(desk, event).status_code == status


def test_an_owner_can_undo_any_reinstatement_at_any_time(
    olivia: User, mia: User, pack: Purchase, signed_in: SignIn, later: Callable[[timedelta], None]
) -> None:
    event = reinstated_by(mia, pack)
    later(timedelta(days=400))

    assert undo(signed_in(olivia), event).status_code == 200
    assert used(pack) == 3


def test_staff_cannot_undo_the_reinstatement_of_a_colleague(
    desk: Client, northside: Org, pack: Purchase
) -> None:
    colleague = make_user(username="max", org=northside)

    assert refused(undo(desk, reinstated_by(colleague, pack))) == Refusal.NOT_YOURS.label
    assert used(pack) == 2


def test_only_an_owner_can_undo_a_reinstatement_by_another_program(
    desk: Client, olivia: User, pack: Purchase, signed_in: SignIn
) -> None:
    value("SELECT public.release_session(%s)", pack.pk)
    event = newest(pack)
    assert event.request is None

    assert refused(undo(desk, event)) == Refusal.NOT_YOURS.label
    assert undo(signed_in(olivia), event).status_code == 200
    assert changes(pack) == [("reinstated", -1, 2), ("undone", 1, 3)]


def test_another_org_gets_404_and_an_accountant_403(
    mia: User, ada: User, otto: User, pack: Purchase, signed_in: SignIn
) -> None:
    event = reinstated_by(mia, pack)

    assert undo(signed_in(otto), event).status_code == 404
    assert undo(signed_in(ada), event).status_code == 403
    assert Client().post(reverse("purchases:undo", args=[event.pk])).status_code == 302
    assert used(pack) == 2


def test_the_new_org_of_a_moved_purchase_can_undo(
    desk: Client, otto: User, mia: User, pack: Purchase, southside: Org, signed_in: SignIn
) -> None:
    event = reinstated_by(mia, pack)
    rows("UPDATE client_purchases SET org_id = %s", southside.pk)

    assert undo(desk, event).status_code == 404
    assert undo(signed_in(otto), event).status_code == 200


@pytest.mark.parametrize("event_id", [0, 2**31, 2**63 - 1, 2**63, 10**30])
def test_an_unknown_event_is_404(desk: Client, event_id: int) -> None:
    url = reverse("purchases:undo", args=[event_id])

    assert desk.post(url, {"request_id": str(uuid4())}).status_code == 404


def test_an_undo_and_a_correction_by_another_program_cannot_be_undone(
    desk: Client, mia: User, olivia: User, pack: Purchase, signed_in: SignIn
) -> None:
    rows("UPDATE client_purchases SET sessions_used = 7")
    undone_by(mia, reinstated_by(mia, pack))
    before = changes(pack)
    for event in SessionEvent.objects.exclude(kind="reinstated"):
        for browser in (desk, signed_in(olivia)):
            assert undo(browser, event).status_code == 404
    assert changes(pack) == before


def test_a_reinstatement_of_a_deleted_purchase_is_404(
    desk: Client, mia: User, pack: Purchase
) -> None:
    event = reinstated_by(mia, pack)
    Purchase.objects.all().delete()

    assert undo(desk, event).status_code == 404
    assert changes(pack)[-1] == ("deleted", -2, 0)


# --- Retries --------------------------------------------------------------------------------------


@AS_PAGE_AND_HTMX
def test_a_retried_undo_gets_the_first_answer(
    desk: Client, mia: User, pack: Purchase, htmx: bool, later: Callable[[timedelta], None]
) -> None:
    event, request_id = reinstated_by(mia, pack), str(uuid4())
    first = undo(desk, event, htmx=htmx, request_id=request_id)
    used_by(mia, pack)
    later(timedelta(days=1))

    retry = undo(desk, event, htmx=htmx, request_id=request_id)

    assert retry.status_code == first.status_code == (200 if htmx else 302)
    if htmx:
        assert note_on(retry) == note_on(first)
        assert the_row_on(retry).used == "4"
    assert [kind for kind, *_ in changes(pack)] == ["reinstated", "undone", "used"]


def test_an_owner_cannot_reuse_the_request_id_of_a_refused_undo(
    desk: Client, olivia: User, northside: Org, pack: Purchase, signed_in: SignIn
) -> None:
    event = reinstated_by(make_user(username="max", org=northside), pack)
    request_id = str(uuid4())
    first = undo(desk, event, request_id=request_id)
    assert refused(undo(desk, event, request_id=request_id)) == refused(first)

    reused = undo(signed_in(olivia), event, request_id=request_id)

    assert USED_BEFORE in words_on(reused)
    assert used(pack) == 2
    assert undo(signed_in(olivia), event).status_code == 200


def test_a_session_can_be_reinstated_and_undone_again_after_an_undo(
    mia: User, pack: Purchase
) -> None:
    first = reinstated_by(mia, pack)
    undone = undone_by(mia, first)
    second = reinstated_by(mia, pack)
    last = undone_by(mia, second)

    assert [undone.reverses_id, second.reverses_id, last.reverses_id] == [
        first.pk,
        undone.pk,
        second.pk,
    ]
    assert fresh(pack).sessions_used == 3
