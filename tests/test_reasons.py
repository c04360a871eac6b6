"""Reasons and notes of a reinstatement: stored, shown, and mandatory if the policy says so."""

from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org, Purchase, SessionRequest
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.factories import make_purchase, make_purchases
from tests.history import history_on, page_of
from tests.ledger import changes, used_by
from tests.pages import (
    AS_PAGE_AND_HTMX,
    LIST,
    html_of,
    note_on,
    post_action,
    post_undo,
    rows_on,
    the_row_on,
    undo_on,
    words_on,
)
from tests.purchase_kinds import used

REASONS = [
    "Class cancelled",
    "Checked in by mistake",
    "Late cancel forgiven",
    "Instructor absent",
    "Other",
]
CHOOSE = "Choose a reason: your studio requires one. Nothing was changed yet."


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, used=3)


@pytest.fixture
def mandatory(northside: Org) -> Policy:
    return Policy.objects.create(org=northside, reason_is_mandatory=True)


# --- Stored and shown -----------------------------------------------------------------------------


@AS_PAGE_AND_HTMX
@pytest.mark.parametrize("reason", SessionRequest.Reason)
def test_reason_and_note_are_stored_and_shown_in_the_history(
    desk: Client, pack: Purchase, htmx: bool, reason: SessionRequest.Reason
) -> None:
    answer = post_action(
        desk, "reinstate", pack, htmx=htmx, reason=reason, note="water <on> the floor"
    )

    assert answer.status_code == (200 if htmx else 302)
    request = SessionRequest.objects.get()
    assert (request.reason, request.note) == (reason, "water <on> the floor")
    who = history_on(desk.get(page_of(pack)))[0].who
    assert who == f"Mia: {reason.label.lower()} water <on> the floor"


@pytest.mark.parametrize("reason", [None, ""])
def test_a_reason_is_optional(desk: Client, pack: Purchase, reason: str | None) -> None:
    assert post_action(desk, "reinstate", pack, reason=reason).status_code == 302

    request = SessionRequest.objects.get()
    assert (request.reason, request.note) == (None, "")
    assert history_on(desk.get(page_of(pack)))[0].who == "Mia"


def test_a_use_can_have_a_note(desk: Client, pack: Purchase) -> None:
    post_action(desk, "use", pack, note="with a friend")

    assert SessionRequest.objects.get().note == "with a friend"
    assert history_on(desk.get(page_of(pack)))[0].who == "Mia with a friend"


def test_reason_and_note_of_a_refused_request_are_stored(desk: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, used=0)

    post_action(desk, "reinstate", pack, reason="other", note="she insists")

    request = SessionRequest.objects.get()
    assert (request.reason, request.note, request.refusal) == (
        "other",
        "she insists",
        "nothing_used",
    )


def test_a_second_request_with_the_same_id_keeps_the_first_reason(
    desk: Client, pack: Purchase
) -> None:
    request_id = str(uuid4())
    post_action(desk, "reinstate", pack, request_id=request_id, reason="class_cancelled")
    post_action(
        desk, "reinstate", pack, request_id=request_id, reason="other", note="changed my mind"
    )

    request = SessionRequest.objects.get()
    assert (request.reason, request.note) == ("class_cancelled", "")
    assert len(changes(pack)) == 1


@AS_PAGE_AND_HTMX
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": "boredom"}, "Choose a reason from the list."),
        ({"reason": "Other"}, "Choose a reason from the list."),
        ({"note": "x" * 501}, "Shorten the note: 500 characters at most."),
        ({"note": "\0"}, "Remove the unusual character and try again."),
    ],
)
def test_an_invalid_reason_or_note_is_400_with_a_message(
    desk: Client, pack: Purchase, htmx: bool, fields: dict[str, str], message: str
) -> None:
    answer = post_action(desk, "reinstate", pack, htmx=htmx, **fields)

    assert answer.status_code == 400
    assert message in words_on(answer)
    assert used(pack) == 3
    assert not SessionRequest.objects.exists()


def test_the_longest_note_is_stored_unchanged(desk: Client, pack: Purchase) -> None:
    post_action(desk, "reinstate", pack, note="é" * 500)

    assert SessionRequest.objects.get().note == "é" * 500


# --- The menu -------------------------------------------------------------------------------------


def test_the_menu_of_reasons_does_not_replace_the_button(desk: Client, pack: Purchase) -> None:
    row = the_row_on(desk.get(LIST))

    assert row.buttons == ["Reinstate", "Use"]
    assert row.menu == REASONS
    assert f'<button class="button main" id="reinstate-{pack.pk}"' in row.html


def test_a_row_without_a_reinstatement_has_no_menu(desk: Client, northside: Org) -> None:
    make_purchase(org=northside, used=0)

    assert the_row_on(desk.get(LIST)).menu == []


# --- Mandatory ------------------------------------------------------------------------------------


def test_if_a_reason_is_mandatory_the_button_opens_the_menu(
    desk: Client, pack: Purchase, mandatory: Policy
) -> None:
    row = the_row_on(desk.get(LIST))

    assert row.buttons == ["Reinstate", "Use"]
    assert f'<summary class="button main" id="reinstate-{pack.pk}"' in row.html
    assert row.menu == REASONS
    # The disabled first button keeps Enter in the note from submitting with the first reason.
    assert row.html.index("<button disabled hidden>") < row.html.index('name="reason"')


@AS_PAGE_AND_HTMX
@pytest.mark.parametrize("reason", [None, ""])
def test_if_a_reason_is_mandatory_a_request_without_one_is_400_and_claims_no_id(
    desk: Client, pack: Purchase, mandatory: Policy, htmx: bool, reason: str | None
) -> None:
    request_id = str(uuid4())
    answer = post_action(desk, "reinstate", pack, htmx=htmx, request_id=request_id, reason=reason)

    assert answer.status_code == 400
    assert CHOOSE in words_on(answer)
    assert used(pack) == 3
    assert not SessionRequest.objects.exists()
    second = post_action(desk, "reinstate", pack, htmx=htmx, request_id=request_id, reason="other")
    assert second.status_code == (200 if htmx else 302), "the request id was not claimed"
    assert used(pack) == 2


def test_if_a_reason_is_mandatory_the_history_requires_it(
    desk: Client, mia: User, pack: Purchase, mandatory: Policy
) -> None:
    used_by(mia, pack)
    line = history_on(desk.get(page_of(pack)))[0]
    assert all(f">{reason}</option>" in line.html for reason in REASONS)
    assert 'name="reason" aria-label="Reason" required>' in line.html

    without = desk.post(line.action_url, line.fields)
    done = desk.post(line.action_url, line.fields | {"reason": "instructor_absent"})

    assert (without.status_code, done.status_code) == (400, 302)
    assert "Mia: instructor absent" in history_on(desk.get(page_of(pack)))[0].who


def test_use_and_undo_need_no_reason(desk: Client, pack: Purchase, mandatory: Policy) -> None:
    assert post_action(desk, "use", pack).status_code == 302
    answer = post_action(desk, "reinstate", pack, htmx=True, reason="other")
    event_id = int((undo_on(answer) or "").split("/")[2])

    assert post_undo(desk, event_id).status_code == 302


def test_a_mandatory_reason_applies_to_owners_and_to_that_org_only(
    northside: Org,
    southside: Org,
    olivia: User,
    otto: User,
    mandatory: Policy,
    signed_in: SignIn,
) -> None:
    ours, foreign = make_purchase(org=northside), make_purchase(org=southside)

    assert post_action(signed_in(olivia), "reinstate", ours).status_code == 400
    assert post_action(signed_in(otto), "reinstate", foreign).status_code == 302


def test_a_retry_succeeds_even_if_a_reason_became_mandatory_since(
    desk: Client, pack: Purchase, northside: Org
) -> None:
    request_id = str(uuid4())
    first = post_action(desk, "reinstate", pack, htmx=True, request_id=request_id)
    Policy.objects.create(org=northside, reason_is_mandatory=True)

    again = post_action(desk, "reinstate", pack, htmx=True, request_id=request_id)

    assert (again.status_code, note_on(again)) == (200, note_on(first))


@pytest.mark.parametrize("is_mandatory", [False, True])
def test_the_policy_takes_no_extra_query(
    desk: Client,
    northside: Org,
    is_mandatory: bool,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=is_mandatory)
    make_purchases(org=northside, count=3)

    # The session with the policy, the list, and the numbers of the first page.
    with django_assert_max_num_queries(3):
        page = desk.get(LIST)
    assert len(rows_on(page)) == 3
    assert html_of(page).count('<div class="menu">') == 3
