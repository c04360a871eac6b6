"""Correct the used sessions by a signed number, on a page of its own."""

from typing import Any

import pytest
from django.test import Client

from purchases.acts.corrections import corrections_of_used
from purchases.models import Org, Purchase, Refusal, SessionRequest
from studio.models import User
from tests.acts.acts import (
    message_after,
    post_act,
    undo_after,
    url_of,
    used_corrected_by,
)
from tests.factories import make_purchase
from tests.history import history_on, page_of
from tests.ledger import changes
from tests.pages import html_of, words_on
from tests.purchase_kinds import used


def test_the_page_says_what_stands_after_each_correction(owner: Client, pack: Purchase) -> None:
    page = words_on(owner.get(url_of("correct_used", pack)))

    assert "1 fewer used 3 → 2 used, 8 left" in page
    assert "1 more used 3 → 4 used, 6 left" in page
    assert "7 more used: 3 → 10 used, 0 left" in page
    assert "8 more used" not in page
    assert "4 fewer used" not in page


def test_a_button_corrects_the_count_and_the_message_has_undo(
    owner: Client, pack: Purchase
) -> None:
    answer = post_act(owner, "correct_used", pack, adjust_by="2", note="two on paper")

    assert answer["Location"] == page_of(pack)
    assert message_after(owner, answer) == "Used sessions corrected for Ana Ruiz. 5 of 10 left."
    assert used(pack) == 5
    request = SessionRequest.objects.get()
    assert (request.operation, request.adjust_by, request.note) == (
        "correct_used",
        2,
        "two on paper",
    )


def test_the_correction_can_be_undone_from_the_message(owner: Client, pack: Purchase) -> None:
    answer = post_act(owner, "correct_used", pack, adjust_by="-3", note="never came")

    undone = undo_after(owner, answer, pack)

    assert undone == "Undone for Ana Ruiz: the correction of the used sessions. 7 of 10 left."
    assert changes(pack) == [("corrected", -3, 0), ("undone", 3, 3)]


def test_the_menu_chooses_another_number(owner: Client, pack: Purchase) -> None:
    post_act(owner, "correct_used", pack, adjust_by=None, chosen="7", note="all of them")

    assert used(pack) == 10


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"adjust_by": "1", "note": ""}, "Write a reason: every correction needs one."),
        ({"adjust_by": "1", "note": "  "}, "Write a reason: every correction needs one."),
        ({"adjust_by": "", "note": "why"}, "Choose how many more or fewer."),
        ({"adjust_by": "0", "note": "why"}, "Choose how many more or fewer."),
        ({"adjust_by": "x", "note": "why"}, "This page is out of date."),
    ],
)
def test_an_incomplete_form_is_shown_again_with_what_was_typed(
    owner: Client, pack: Purchase, fields: dict[str, str], problem: str
) -> None:
    answer = post_act(owner, "correct_used", pack, **fields)

    assert answer.status_code == 400
    assert problem in words_on(answer)
    assert f'name="note" maxlength="500" value="{fields["note"]}"' in html_of(answer)
    assert used(pack) == 3


@pytest.mark.parametrize(
    ("adjust_by", "refusal"), [(8, Refusal.MORE_THAN_BOUGHT), (-4, Refusal.BELOW_ZERO)]
)
def test_a_count_outside_its_bounds_is_refused(
    owner: Client, pack: Purchase, adjust_by: int, refusal: Refusal
) -> None:
    answer = post_act(owner, "correct_used", pack, adjust_by=adjust_by, note="why")

    assert answer.status_code == 409
    assert refusal.label in words_on(answer)
    assert used(pack) == 3


def test_a_second_press_changes_nothing(owner: Client, pack: Purchase) -> None:
    fields = {"request_id": "5f3c1f6e-6d2b-4b0a-9d53-0a1b2c3d4e5f", "adjust_by": "1"}

    for _ in range(2):
        answer = post_act(owner, "correct_used", pack, note="late", **fields)
        assert message_after(owner, answer).endswith("6 of 10 left.")

    assert changes(pack) == [("corrected", 1, 4)]


def test_the_history_names_the_person_the_reason_and_both_counts(
    owner: Client, olivia: User, pack: Purchase
) -> None:
    used_corrected_by(olivia, pack, 2)

    line = history_on(owner.get(page_of(pack)))[0]

    assert (line.what, line.used, line.who, line.action) == (
        "Used sessions corrected",
        "3 → 5 used",
        "Olivia two on paper",
        "Undo",
    )


def test_staff_and_the_accountant_have_no_correction(
    desk: Client, accountant: Client, pack: Purchase
) -> None:
    for browser in (desk, accountant):
        assert "Correct used" not in words_on(browser.get(page_of(pack)))
        assert browser.get(url_of("correct_used", pack)).status_code == 403
        assert post_act(browser, "correct_used", pack, adjust_by="1", note="x").status_code == 403
    assert used(pack) == 3


@pytest.mark.parametrize(
    ("columns", "near", "further"),
    [
        ({"used": 0, "total": 1}, [1], []),
        ({"used": 12, "total": 10}, [-4, -3, -2], [-12, -11, -10, -9, -8, -7, -6, -5]),
        ({"used": -2, "total": 1}, [2, 3], []),
        ({"used": None, "total": 2}, [1, 2], []),
        ({"used": 0, "total": 0}, [], []),
    ],
)
def test_only_corrections_to_a_possible_count_are_offered(
    northside: Org, columns: dict[str, Any], near: list[int], further: list[int]
) -> None:
    corrections = corrections_of_used(make_purchase(org=northside, **columns))

    assert [step.adjust_by for step in corrections.near] == near
    assert [step.adjust_by for step in corrections.further] == further


def test_a_malformed_count_can_be_corrected(owner: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, used=12)

    page = words_on(owner.get(url_of("correct_used", pack)))
    assert "2 fewer used 12 → 10 used, 0 left" in page
    post_act(owner, "correct_used", pack, adjust_by="-2", note="imported twice")

    assert used(pack) == 10


def test_a_page_without_a_possible_correction_says_so(owner: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, used=0, total=0)

    page = owner.get(url_of("correct_used", pack))

    assert "No correction is possible." in words_on(page)
    answer = post_act(owner, "correct_used", pack, adjust_by="1", note="x")
    assert answer.status_code == 409
