"""Correct the bought sessions by a signed number, on a page of its own."""

from typing import Any

import pytest
from django.test import Client

from purchases.acts.corrections import corrections_of_total
from purchases.models import Org, Purchase, Refusal
from studio.models import User
from tests.acts.acts import (
    change_kinds,
    message_after,
    post_act,
    total_corrected_by,
    undo_after,
    url_of,
)
from tests.factories import make_purchase
from tests.history import change_history_on, page_of
from tests.ledger import fresh, used_by
from tests.pages import words_on


def test_the_page_says_what_stands_after_each_correction(owner: Client, pack: Purchase) -> None:
    page = words_on(owner.get(url_of("correct_total", pack)))

    assert "1 fewer bought 10 → 9 bought, 6 left" in page
    assert "2 more bought 10 → 12 bought, 9 left" in page
    assert "7 fewer bought: 10 → 3 bought, 0 left" in page
    assert "8 fewer bought" not in page
    assert "100 more bought: 10 → 110 bought, 107 left" in page


def test_a_button_corrects_the_total_and_undo_restores_it(owner: Client, pack: Purchase) -> None:
    answer = post_act(owner, "correct_total", pack, adjust_by="-1", note="counted twice")

    assert message_after(owner, answer) == "Bought sessions corrected for Ana Ruiz. 6 of 9 left."
    assert fresh(pack).sessions_total == 9
    answer = post_act(owner, "correct_total", pack, adjust_by="5", note="a gift")
    undone = undo_after(owner, answer, pack)
    assert undone == "Undone for Ana Ruiz: the correction of the bought sessions. 6 of 9 left."
    assert change_kinds(pack) == ["corrected", "corrected", "undone"]


def test_fewer_than_the_used_sessions_is_refused(owner: Client, pack: Purchase) -> None:
    answer = post_act(owner, "correct_total", pack, adjust_by="-8", note="why")

    assert answer.status_code == 409
    assert Refusal.FEWER_THAN_USED.label in words_on(answer)
    assert fresh(pack).sessions_total == 10


def test_a_reason_is_required(owner: Client, pack: Purchase) -> None:
    answer = post_act(owner, "correct_total", pack, adjust_by="1", note="")

    assert answer.status_code == 400
    assert "Write a reason: every correction needs one." in words_on(answer)


def test_the_history_shows_both_totals_the_person_and_the_reason(
    owner: Client, olivia: User, pack: Purchase
) -> None:
    total_corrected_by(olivia, pack, -1)

    (line,) = change_history_on(owner.get(page_of(pack)))

    assert (line.what, line.used, line.who, line.action) == (
        "Bought sessions corrected",
        "Bought sessions: 10 → 9",
        "Olivia counted twice",
        "Undo",
    )


def test_undo_is_offered_only_while_the_total_is_unchanged_and_not_used(
    owner: Client, olivia: User, pack: Purchase
) -> None:
    def undo_buttons() -> list[str]:
        return [line.action for line in change_history_on(owner.get(page_of(pack)))]

    total_corrected_by(olivia, pack, 1)
    assert undo_buttons() == ["Undo"]
    total_corrected_by(olivia, pack, 1)
    assert undo_buttons() == ["Undo", ""]
    for _ in range(9):
        used_by(olivia, pack)
    assert undo_buttons() == ["", ""], "12 are used, more than the 11 before"


def test_a_purchase_without_a_number_of_sessions_has_no_correction(
    owner: Client, northside: Org
) -> None:
    subscription = make_purchase(org=northside, total=None, used=0)

    assert "Correct bought" not in words_on(owner.get(page_of(subscription)))
    page = owner.get(url_of("correct_total", subscription))
    assert "No correction is possible." in words_on(page)


@pytest.mark.parametrize(
    ("columns", "near"),
    [
        ({"used": 10, "total": 10}, [1, 2, 3]),
        ({"used": 12, "total": 10}, [2, 3, 4]),
        ({"used": None, "total": 2}, [-2, -1, 1, 2, 3]),
        ({"used": -2, "total": 1}, [-1, 1, 2, 3]),
    ],
)
def test_only_corrections_to_a_possible_total_are_offered(
    northside: Org, columns: dict[str, Any], near: list[int]
) -> None:
    corrections = corrections_of_total(make_purchase(org=northside, **columns))

    assert [step.adjust_by for step in corrections.near] == near
