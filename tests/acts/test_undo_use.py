"""Undo a use: in the message after it, and in the history, as a reinstatement is undone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from purchases.formatting import on_day
from purchases.models import Purchase, Refusal
from purchases.queries import client_summary
from studio.models import User
from tests.acts.acts import undo_after, used_corrected_by
from tests.database import value
from tests.factories import keep_signed_in
from tests.history import history_on, page_of
from tests.ledger import changes, newest, reinstated_by, undone_by, used_by
from tests.pages import AS_PAGE_AND_HTMX, note_on, post_action, post_undo, undo_on, words_on
from tests.purchase_kinds import used
from tests.times import set_clock


@AS_PAGE_AND_HTMX
def test_the_message_after_a_use_has_undo(desk: Client, pack: Purchase, htmx: bool) -> None:
    answer = post_action(desk, "use", pack, htmx=htmx)
    page = answer if htmx else desk.get(answer["Location"])
    url = undo_on(page)
    assert url == f"/events/{newest(pack).pk}/undo/"

    undone = post_undo(desk, newest(pack).pk, htmx=True)

    expected = "Undone for Ana Ruiz: the session is not used. 7 of 10 left."
    assert note_on(undone) == expected
    assert changes(pack) == [("used", 1, 4), ("undone", -1, 3)]


def test_undo_without_javascript_returns_to_the_page(desk: Client, pack: Purchase) -> None:
    answer = post_action(desk, "use", pack)

    assert undo_after(desk, answer, pack).endswith("7 of 10 left.")


def test_an_undone_use_is_no_session_given_back(owner: Client, mia: User, pack: Purchase) -> None:
    undone_by(mia, used_by(mia, pack))

    assert client_summary(pack.client).reinstatements == []
    undone, visit, _ = history_on(owner.get(page_of(pack)))
    today = on_day(timezone.now())
    assert undone.what == f"Use undone of {today}"
    assert (undone.action, visit.action) == ("", "")
    assert visit.what == f"Session used Undone {today} by Mia"


@pytest.mark.parametrize(("minutes", "staff_may"), [(14, True), (16, False)])
def test_staff_undo_their_own_use_for_15_minutes_and_owners_always(
    desk: Client,
    owner: Client,
    mia: User,
    pack: Purchase,
    monkeypatch: pytest.MonkeyPatch,
    minutes: int,
    staff_may: bool,
) -> None:
    used_by(mia, pack)
    later = timezone.now() + timedelta(minutes=minutes)
    keep_signed_in(later)
    set_clock(monkeypatch, lambda: later)

    def can_undo(browser: Client) -> bool:
        return "Undo" in history_on(browser.get(page_of(pack)))[0].action

    assert can_undo(desk) is staff_may
    assert can_undo(owner)


def test_a_use_of_a_colleague_is_not_undone_by_staff(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    visit = used_by(olivia, pack)

    assert "Undo" not in history_on(desk.get(page_of(pack)))[0].action
    answer = post_undo(desk, visit.pk)
    assert answer.status_code == 409
    assert Refusal.NOT_YOURS.label in words_on(answer)


def test_a_reinstated_use_cannot_be_undone(owner: Client, mia: User, pack: Purchase) -> None:
    visit = used_by(mia, pack)
    reinstated_by(mia, pack, event_id=visit.pk)

    answer = post_undo(owner, visit.pk)

    assert answer.status_code == 409
    assert Refusal.UNDONE.label in words_on(answer)
    assert used(pack) == 3


def test_only_an_owner_undoes_a_use_by_another_program(
    desk: Client, owner: Client, pack: Purchase
) -> None:
    value("SELECT public.use_session(%s)", pack.pk)

    assert "Undo" not in history_on(desk.get(page_of(pack)))[0].action
    assert post_undo(desk, newest(pack).pk).status_code == 409
    assert "Undo" in history_on(owner.get(page_of(pack)))[0].action
    assert post_undo(owner, newest(pack).pk).status_code == 302
    assert used(pack) == 3


def test_an_undone_correction_can_be_read_in_the_history(
    owner: Client, olivia: User, pack: Purchase
) -> None:
    undone_by(olivia, used_corrected_by(olivia, pack, 2))

    undone, corrected, _ = history_on(owner.get(page_of(pack)))

    assert undone.what.startswith("Correction undone of ")
    assert corrected.what.startswith("Used sessions corrected Undone ")
    assert (undone.used, undone.action, corrected.action) == ("5 → 3 used", "", "")
