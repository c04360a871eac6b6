"""Use takes one session and shows the count that the database returned."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from purchases.models import Org
from tests.factories import make_client, make_purchase
from tests.pages import AS_PAGE_AND_HTMX, LIST, note_on, post_action, the_row_on
from tests.purchase_kinds import used


@AS_PAGE_AND_HTMX
@pytest.mark.parametrize(
    ("total", "before", "after", "text"),
    [
        (10, 3, "4", "6 of 10 left."),
        (10, 9, "10", "0 of 10 left."),
        (1, 0, "1", "0 of 1 left."),
    ],
)
def test_the_row_and_the_message_have_the_new_count(
    northside: Org, desk: Client, htmx: bool, total: int, before: int, after: str, text: str
) -> None:
    client = make_client(org=northside, name="José Álvarez")
    pack = make_purchase(org=northside, client=client, total=total, used=before)

    answer = post_action(desk, "use", pack, htmx=htmx)
    page = answer if htmx else desk.get(LIST)

    assert answer.status_code == (200 if htmx else 302)
    assert note_on(page) == f"Session used for José Álvarez. {text}"
    assert the_row_on(page).purchase_id == pack.pk
    assert the_row_on(page).used == after == str(used(pack))


def test_each_request_takes_one_session_until_none_is_left(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside, total=10, used=8)

    answers = [post_action(desk, "use", pack, htmx=True) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 409, 409]
    assert [the_row_on(answer).used for answer in answers] == ["9", "10", "10", "10"]
    assert [the_row_on(answer).buttons for answer in answers] == [["Reinstate", "Use"]] + 3 * [
        ["Reinstate"]
    ]


def test_no_other_purchase_changes(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside)
    other = make_purchase(org=northside, client=pack.client, offer=pack.offer)

    post_action(desk, "use", pack)

    assert (used(pack), used(other)) == (4, 3)


def test_a_reinstated_session_can_be_used_again(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside, total=10, used=10)

    post_action(desk, "reinstate", pack)

    assert post_action(desk, "use", pack).status_code == 302
    assert used(pack) == 10


def test_the_refusal_of_an_expired_pack_shows_the_expiry_in_the_row(
    northside: Org, desk: Client
) -> None:
    expired = datetime(2024, 3, 3, 12, tzinfo=UTC)
    pack = make_purchase(org=northside, expires_at=expired)

    answer = post_action(desk, "use", pack, htmx=True)

    assert note_on(answer) == "This pack has expired."
    assert "expired 3 Mar 2024" in the_row_on(answer).words
