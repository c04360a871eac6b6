"""Reinstate gives one session back and shows the count that the database returned."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import Org, Purchase, SessionEvent
from studio.models import Policy
from tests.expiry.extensions import end_of_the_day, expiry_of
from tests.factories import make_client, make_purchase
from tests.pages import (
    AS_PAGE_AND_HTMX,
    HTMX,
    LIST,
    html_of,
    note_on,
    post_action,
    the_row_on,
    undo_on,
)
from tests.purchase_kinds import used


@AS_PAGE_AND_HTMX
@pytest.mark.parametrize(
    ("total", "before", "after", "text"),
    [
        (10, 3, "2", "8 of 10 left."),
        (10, 10, "9", "1 of 10 left."),
        (10, 1, "0", "10 of 10 left."),
        (1, 1, "0", "1 of 1 left."),
        (None, 3, "2", "2 used."),
    ],
)
def test_the_row_and_the_message_have_the_new_count(
    northside: Org,
    desk: Client,
    htmx: bool,
    total: int | None,
    before: int,
    after: str,
    text: str,
) -> None:
    client = make_client(org=northside, name="José Álvarez")
    pack = make_purchase(org=northside, client=client, total=total, used=before)

    answer = post_action(desk, "reinstate", pack, htmx=htmx)
    page = answer if htmx else desk.get(LIST)

    assert answer.status_code == (200 if htmx else 302)
    assert note_on(page) == f"Session reinstated for José Álvarez. {text}"
    assert undo_on(page) == reverse("purchases:undo", args=[reinstatement_of(pack).pk])
    assert the_row_on(page).purchase_id == pack.pk
    assert the_row_on(page).used == after == str(used(pack))


def reinstatement_of(pack: Purchase) -> SessionEvent:
    """Return the pack's only reinstatement."""
    return pack.events.get(kind="reinstated")


def test_each_request_reinstates_one_session_until_none_is_used(
    northside: Org, desk: Client
) -> None:
    pack = make_purchase(org=northside, used=2)

    answers = [post_action(desk, "reinstate", pack, htmx=True) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 409, 409]
    assert [the_row_on(answer).used for answer in answers] == ["1", "0", "0", "0"]
    assert [the_row_on(answer).buttons for answer in answers] == [["Reinstate", "Use"]] + 3 * [
        ["Use"]
    ]


def test_no_other_purchase_changes(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside)
    other = make_purchase(org=northside, client=pack.client, offer=pack.offer)

    post_action(desk, "reinstate", pack)

    assert (used(pack), used(other)) == (2, 3)


@AS_PAGE_AND_HTMX
@pytest.mark.parametrize("total", [10, None])
def test_the_message_for_an_expired_pack_names_the_expiry(
    northside: Org, desk: Client, htmx: bool, total: int | None
) -> None:
    expired = datetime(2024, 3, 3, 12, tzinfo=UTC)
    pack = make_purchase(org=northside, total=total, expires_at=expired)

    answer = post_action(desk, "reinstate", pack, htmx=htmx)
    page = answer if htmx else desk.get(LIST)

    assert note_on(page).endswith("The pack expired on Sun 3 Mar 2024.")
    assert the_row_on(page).used == "2" == str(used(pack))


@AS_PAGE_AND_HTMX
def test_an_expired_pack_can_be_extended_from_the_message(
    northside: Org, desk: Client, htmx: bool
) -> None:
    pack = make_purchase(org=northside, expires_at=datetime(2024, 3, 3, 12, tzinfo=UTC))
    answer = post_action(desk, "reinstate", pack, htmx=htmx)
    page = answer if htmx else desk.get(LIST)

    form = re.search(r'<form class="extend-now".*?action="([^"]*)".*?</form>', html_of(page), re.S)
    assert form
    assert undo_on(page), "Undo is still offered"
    names = re.findall(r'name="(\w+)" value="([^"]*)"', form[0])
    fields = {name: value for name, value in names if name != "csrfmiddlewaretoken"}
    assert (fields["days"], fields["note"]) == ("14", "Session reinstated")
    assert desk.post(form[1], fields, headers=HTMX).status_code == 200

    assert expiry_of(pack) == end_of_the_day(14)
    assert post_action(desk, "use", pack, htmx=True).status_code == 200, "the session can be used"


def test_extending_from_the_message_has_a_note_if_reasons_are_mandatory(
    northside: Org, desk: Client
) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=True)
    pack = make_purchase(org=northside, expires_at=datetime(2024, 3, 3, 12, tzinfo=UTC))

    answer = post_action(desk, "reinstate", pack, htmx=True, reason="class_cancelled")

    assert 'name="note" value="Session reinstated"' in html_of(answer)


@pytest.mark.parametrize("expires_in", [None, timedelta(hours=1)])
def test_the_message_does_not_mention_a_future_expiry(
    northside: Org, desk: Client, expires_in: timedelta | None
) -> None:
    expires_at = timezone.now() + expires_in if expires_in else None
    pack = make_purchase(org=northside, expires_at=expires_at)

    assert "expir" not in note_on(post_action(desk, "reinstate", pack, htmx=True))


def test_a_second_desk_gets_the_current_count_with_the_refusal(
    northside: Org, desk: Client
) -> None:
    """Both desks show a page with one session used."""
    pack = make_purchase(org=northside, used=1)
    assert the_row_on(desk.get(LIST)).buttons == ["Reinstate", "Use"]
    post_action(desk, "reinstate", pack)

    second = post_action(desk, "reinstate", pack, htmx=True)

    assert second.status_code == 409
    assert (the_row_on(second).used, the_row_on(second).buttons) == ("0", ["Use"])
