"""Refusals of Reinstate and Use: their messages, and that nothing changes."""

from uuid import uuid4

import pytest
from django.test import Client
from django.test.client import BOUNDARY, encode_multipart
from django.urls import reverse

from purchases.models import Org
from tests.pages import LIST, Action, html_of, note_on, post_action, the_row_on, undo_on, words_on
from tests.purchase_kinds import PACKS, make_pack, used

COUNT_IS_OFF = "This count can't be right. An owner can correct it."
NOT_PAID = "This pack is not paid."
REFUNDED = "This pack was refunded."
NOTHING_USED = "Nothing to reinstate: no session of this pack is used."
NO_NUMBER = "This purchase has no number of sessions."
NONE_LEFT = "No sessions left."
EXPIRED = "This pack has expired."

EITHER = {
    "less than nothing used": COUNT_IS_OFF,
    "more used than bought": COUNT_IS_OFF,
    "not paid yet": NOT_PAID,
    "not paid, expired": NOT_PAID,
    "not paid, used up": NOT_PAID,
    "payment failed": NOT_PAID,
    "payment unknown": NOT_PAID,
    "refunded": REFUNDED,
    "refunded, expired": REFUNDED,
}
REFUSED: dict[Action, dict[str, str]] = {
    "reinstate": EITHER
    | {
        "fresh": NOTHING_USED,
        "fresh, expired": NOTHING_USED,
        "single session": NOTHING_USED,
        "subscription": NOTHING_USED,
        "a pack of none": NOTHING_USED,
        "count missing": NOTHING_USED,
        "both counts missing": NOTHING_USED,
    },
    "use": EITHER
    | {
        "used up": NONE_LEFT,
        "used up, expired": NONE_LEFT,
        "used up, expires in a week": NONE_LEFT,
        "a pack of none": NONE_LEFT,
        "expired": EXPIRED,
        "fresh, expired": EXPIRED,
        "subscription": NO_NUMBER,
        "no number of sessions": NO_NUMBER,
        "both counts missing": NO_NUMBER,
        "count missing": "This count is missing. An owner can correct it.",
    },
}
ALL_REFUSALS = pytest.mark.parametrize(
    ("action", "kind", "reason"),
    [(action, kind, reason) for action, kinds in REFUSED.items() for kind, reason in kinds.items()],
)


@pytest.mark.parametrize("action", REFUSED)
def test_the_table_names_every_kind_that_is_refused(action: Action) -> None:
    kinds_without_button = {
        kind for kind, (_, _, buttons) in PACKS.items() if action.title() not in buttons
    }
    assert set(REFUSED[action]) == kinds_without_button


@ALL_REFUSALS
def test_a_refusal_answers_htmx_with_the_row_and_the_reason(
    northside: Org, desk: Client, action: Action, kind: str, reason: str
) -> None:
    pack = make_pack(org=northside, kind=kind)

    answer = post_action(desk, action, pack, htmx=True)

    assert answer.status_code == 409
    assert note_on(answer) == reason
    assert '<div class="notice refused">' in html_of(answer)
    assert undo_on(answer) is None
    assert "<html" not in html_of(answer)
    assert the_row_on(answer).normalized == the_row_on(desk.get(LIST)).normalized
    assert used(pack) == pack.sessions_used


@ALL_REFUSALS
def test_a_refusal_without_javascript_is_a_page_with_the_row_and_a_link_back(
    northside: Org, desk: Client, action: Action, kind: str, reason: str
) -> None:
    pack = make_pack(org=northside, kind=kind)
    url = f"{LIST}?q={kind.split()[0].strip(',')}"

    page = post_action(desk, action, pack, next=url)

    assert page.status_code == 409
    assert f"Not changed {reason}" in words_on(page)
    assert f'href="{url}">Back to the desk</a>' in html_of(page)
    assert the_row_on(page).normalized == the_row_on(desk.get(url)).normalized
    assert note_on(desk.get(LIST)) == "", "the message is not shown again"
    assert used(pack) == pack.sessions_used


@pytest.mark.parametrize("charset", ["base64", "utf-7", "undefined", "rot13", "UTF-8"])
def test_a_form_that_is_not_utf_8_is_refused(northside: Org, desk: Client, charset: str) -> None:
    """Other codecs of Python fail, or decode to surrogates, which PostgreSQL cannot store."""
    pack = make_pack(org=northside, kind="half used")
    form = encode_multipart(BOUNDARY, {"request_id": uuid4(), "note": "+2AA-"})

    answer = desk.generic(
        "POST",
        reverse("purchases:reinstate", args=[pack.pk]),
        form,
        content_type=f"multipart/form-data; boundary={BOUNDARY}; charset={charset}",
    )

    assert pack.sessions_used
    if charset == "UTF-8":
        assert (answer.status_code, used(pack)) == (302, pack.sessions_used - 1)
    else:
        assert (answer.status_code, used(pack)) == (400, pack.sessions_used)
