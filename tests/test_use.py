"""Use: one session is taken, and the page says the count that the database returned."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from tests.factories import make_client, make_purchase
from tests.packs import PACKS, make_pack, used
from tests.pages import html_of, note_on, press, the_row_on, words_on

LIST = reverse("purchases:purchase_list")
COUNT_IS_OFF = "This count can't be right. Ask an owner to have it corrected."
EXPIRED = "This pack has expired."
NONE_LEFT = "No session left: all of them are used."
NOT_PAID = "This pack is not paid."
NO_NUMBER = "Nothing to take: this purchase has no number of sessions."
DOORS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])


@DOORS
@pytest.mark.parametrize(
    ("total", "before", "after", "says"),
    [
        (10, 3, "4", "4 of 10 used."),
        (10, 9, "10", "10 of 10 used."),
        (1, 0, "1", "1 of 1 used."),
    ],
)
def test_the_row_and_the_note_have_the_new_count(
    northside: Org, desk: Client, htmx: bool, total: int, before: int, after: str, says: str
) -> None:
    client = make_client(org=northside, name="José Álvarez")
    pack = make_purchase(org=northside, client=client, total=total, used=before)

    answer = press(desk, "use", pack, htmx=htmx)
    page = answer if htmx else desk.get(LIST)

    assert answer.status_code == (200 if htmx else 302)
    assert note_on(page) == f"Session used for José Álvarez. {says}"
    assert the_row_on(page).purchase_id == pack.pk
    assert the_row_on(page).used == after == str(used(pack))


def test_each_press_takes_one_until_none_is_left(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside, total=10, used=8)

    answers = [press(desk, "use", pack, htmx=True) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 409, 409]
    assert [the_row_on(answer).used for answer in answers] == ["9", "10", "10", "10"]
    assert [the_row_on(answer).buttons for answer in answers] == [["Reinstate", "Use"]] + 3 * [
        ["Reinstate"]
    ]


def test_no_other_purchase_changes(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside)
    other = make_purchase(org=northside, client=pack.client, offer=pack.offer)

    press(desk, "use", pack)

    assert (used(pack), used(other)) == (4, 3)


def test_what_was_reinstated_can_be_used_again(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside, total=10, used=10)

    press(desk, "reinstate", pack)

    assert press(desk, "use", pack).status_code == 302
    assert used(pack) == 10


REFUSED = {
    "used up": NONE_LEFT,
    "used up, expired": NONE_LEFT,
    "used up, expires in a week": NONE_LEFT,
    "more used than bought": COUNT_IS_OFF,
    "less than nothing used": COUNT_IS_OFF,
    "a pack of none": NONE_LEFT,
    "expired": EXPIRED,
    "fresh, expired": EXPIRED,
    "subscription": NO_NUMBER,
    "no number of sessions": NO_NUMBER,
    "both counts missing": NO_NUMBER,
    "count missing": "This count is missing. Ask an owner to have it corrected.",
    "not paid yet": NOT_PAID,
    "not paid, expired": NOT_PAID,
    "not paid, used up": NOT_PAID,
    "payment failed": NOT_PAID,
    "payment unknown": NOT_PAID,
    "refunded": "This pack is not paid. The money went back.",
    "refunded, expired": "This pack is not paid. The money went back.",
}


def test_the_table_names_every_kind_that_is_refused() -> None:
    assert set(REFUSED) == {kind for kind, (_, _, buttons) in PACKS.items() if "Use" not in buttons}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_answers_htmx_with_the_row_and_the_reason(
    northside: Org, desk: Client, kind: str
) -> None:
    pack = make_pack(org=northside, kind=kind)

    answer = press(desk, "use", pack, htmx=True)

    assert answer.status_code == 409
    assert note_on(answer) == REFUSED[kind]
    assert '<div class="said refused">' in html_of(answer)
    assert "<html" not in html_of(answer)
    assert the_row_on(answer).lasting == the_row_on(desk.get(LIST)).lasting
    assert used(pack) == pack.sessions_used


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_without_javascript_is_a_page_with_the_row_and_the_way_back(
    northside: Org, desk: Client, kind: str
) -> None:
    pack = make_pack(org=northside, kind=kind)
    here = f"{LIST}?q={kind.split()[0].strip(',')}"

    page = press(desk, "use", pack, next=here)

    assert page.status_code == 409
    assert f"Not changed {REFUSED[kind]}" in words_on(page)
    assert f'href="{here}">Back to the desk</a>' in html_of(page)
    assert the_row_on(page).lasting == the_row_on(desk.get(here)).lasting
    assert note_on(desk.get(LIST)) == "", "nothing is said twice"
    assert used(pack) == pack.sessions_used


def test_the_refusal_of_an_expired_pack_comes_with_the_day_in_its_row(
    northside: Org, desk: Client
) -> None:
    expired = datetime(2024, 3, 3, 12, tzinfo=UTC)
    pack = make_purchase(org=northside, expires_at=expired)

    answer = press(desk, "use", pack, htmx=True)

    assert note_on(answer) == "This pack has expired."
    assert "expired 3 Mar 2024" in the_row_on(answer).words
