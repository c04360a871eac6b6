"""Reinstate: one session is given back, and the page says the count that the database returned."""

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
from tests.pages import DOORS, HTMX, LIST, html_of, note_on, press, the_row_on, undo_on
from tests.purchase_kinds import used


@DOORS
@pytest.mark.parametrize(
    ("total", "before", "after", "says"),
    [
        (10, 3, "2", "2 of 10 used."),
        (10, 10, "9", "9 of 10 used."),
        (10, 1, "0", "0 of 10 used."),
        (1, 1, "0", "0 of 1 used."),
        (None, 3, "2", "2 used."),
    ],
)
def test_the_row_and_the_note_have_the_new_count(
    northside: Org,
    desk: Client,
    htmx: bool,
    total: int | None,
    before: int,
    after: str,
    says: str,
) -> None:
    client = make_client(org=northside, name="José Álvarez")
    pack = make_purchase(org=northside, client=client, total=total, used=before)

    answer = press(desk, "reinstate", pack, htmx=htmx)
    page = answer if htmx else desk.get(LIST)

    assert answer.status_code == (200 if htmx else 302)
    assert note_on(page) == f"Session reinstated for José Álvarez. {says}"
    assert undo_on(page) == reverse("purchases:undo", args=[the_event(pack).pk])
    assert the_row_on(page).purchase_id == pack.pk
    assert the_row_on(page).used == after == str(used(pack))


def the_event(pack: Purchase) -> SessionEvent:
    """The pack's only reinstatement."""
    return pack.events.get(kind="reinstated")


def test_each_press_gives_back_one_until_none_is_used(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside, used=2)

    answers = [press(desk, "reinstate", pack, htmx=True) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 409, 409]
    assert [the_row_on(answer).used for answer in answers] == ["1", "0", "0", "0"]
    assert [the_row_on(answer).buttons for answer in answers] == [["Reinstate", "Use"]] + 3 * [
        ["Use"]
    ]


def test_no_other_purchase_changes(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside)
    other = make_purchase(org=northside, client=pack.client, offer=pack.offer)

    press(desk, "reinstate", pack)

    assert (used(pack), used(other)) == (2, 3)


@DOORS
@pytest.mark.parametrize("total", [10, None])
def test_on_an_expired_pack_it_says_so(
    northside: Org, desk: Client, htmx: bool, total: int | None
) -> None:
    expired = datetime(2024, 3, 3, 12, tzinfo=UTC)
    pack = make_purchase(org=northside, total=total, expires_at=expired)

    answer = press(desk, "reinstate", pack, htmx=htmx)
    page = answer if htmx else desk.get(LIST)

    assert note_on(page).endswith("The pack expired on Sun 3 Mar 2024.")
    assert the_row_on(page).used == "2" == str(used(pack))


@DOORS
def test_on_an_expired_pack_one_more_click_extends_it(
    northside: Org, desk: Client, htmx: bool
) -> None:
    pack = make_purchase(org=northside, expires_at=datetime(2024, 3, 3, 12, tzinfo=UTC))
    answer = press(desk, "reinstate", pack, htmx=htmx)
    page = answer if htmx else desk.get(LIST)

    form = re.search(r'<form class="extend-now".*?action="([^"]*)".*?</form>', html_of(page), re.S)
    assert form
    assert undo_on(page), "and Undo stays"
    names = re.findall(r'name="(\w+)" value="([^"]*)"', form[0])
    sent = {name: value for name, value in names if name != "csrfmiddlewaretoken"}
    assert (sent["days"], sent["note"]) == ("14", "Session reinstated")
    assert desk.post(form[1], sent, headers=HTMX).status_code == 200

    assert expiry_of(pack) == end_of_the_day(14)
    assert press(desk, "use", pack, htmx=True).status_code == 200, "the session can be used"


def test_where_reasons_are_mandatory_that_click_needs_no_more(northside: Org, desk: Client) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=True)
    pack = make_purchase(org=northside, expires_at=datetime(2024, 3, 3, 12, tzinfo=UTC))

    answer = press(desk, "reinstate", pack, htmx=True, reason="class_cancelled")

    assert 'name="note" value="Session reinstated"' in html_of(answer)


@pytest.mark.parametrize("expires_in", [None, timedelta(hours=1)])
def test_of_an_expiry_still_to_come_it_says_nothing(
    northside: Org, desk: Client, expires_in: timedelta | None
) -> None:
    expires_at = timezone.now() + expires_in if expires_in else None
    pack = make_purchase(org=northside, expires_at=expires_at)

    assert "expir" not in note_on(press(desk, "reinstate", pack, htmx=True))


def test_a_desk_that_comes_second_sees_the_count_that_stands(northside: Org, desk: Client) -> None:
    """Both had the page open with one session used."""
    pack = make_purchase(org=northside, used=1)
    assert the_row_on(desk.get(LIST)).buttons == ["Reinstate", "Use"]
    press(desk, "reinstate", pack)

    late = press(desk, "reinstate", pack, htmx=True)

    assert late.status_code == 409
    assert (the_row_on(late).used, the_row_on(late).buttons) == ("0", ["Use"])
