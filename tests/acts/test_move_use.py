"""Move a use to another pack of the client: the wrong pack was charged."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from purchases.formatting import on_day
from purchases.models import Org, Purchase, Refusal
from studio.models import User
from tests.acts.acts import message_after, moved_by, post_act, undo_after, url_of
from tests.factories import keep_signed_in, make_offer, make_purchase, make_user
from tests.history import history_on, page_of
from tests.ledger import changes, reinstated_by, used_by
from tests.pages import html_of, send, words_on
from tests.purchase_kinds import used
from tests.times import set_clock


@pytest.fixture
def other(pack: Purchase) -> Purchase:
    """Return another pack of Ana with 1 of 5 sessions used."""
    offer = make_offer(org=pack.org, name="5-class pack")
    return make_purchase(org=pack.org, client=pack.client, offer=offer, total=5, used=1)


def test_the_page_offers_the_packs_that_can_take_the_use(
    desk: Client, mia: User, pack: Purchase, other: Purchase, northside: Org
) -> None:
    def another_pack(name: str, **columns: Any) -> Purchase:
        offer = make_offer(org=northside, name=name)
        return make_purchase(org=northside, client=pack.client, offer=offer, **columns)

    now = timezone.now()
    another_pack("full", used=10)
    another_pack("unpaid", payment_status="pending")
    another_pack("expired before", expires_at=now - timedelta(hours=1))
    another_pack("expires later", expires_at=now + timedelta(hours=1))
    make_purchase(org=northside, offer=make_offer(org=northside, name="of a stranger"))
    used_by(mia, pack)

    page = words_on(desk.get(url_of("move_use", pack)))

    assert "Charge 5-class pack 1 → 2 used, 3 left" in page
    assert "Charge expires later" in page
    for name in ("full", "unpaid", "expired before", "of a stranger"):
        assert f"Charge {name}" not in page


def test_a_pack_that_was_still_good_at_the_visit_can_take_it(
    desk: Client, mia: User, pack: Purchase, other: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    Purchase.objects.filter(pk=other.pk).update(expires_at=timezone.now() + timedelta(hours=1))
    visit = used_by(mia, pack)
    later = timezone.now() + timedelta(hours=2)
    keep_signed_in(later)
    set_clock(monkeypatch, lambda: later)

    page = words_on(desk.get(url_of("move_use", pack), {"event": visit.pk}))

    assert "Charge 5-class pack" in page
    assert "· expired" in page


def test_a_button_moves_the_use_and_both_histories_say_so(
    desk: Client, mia: User, pack: Purchase, other: Purchase
) -> None:
    visit = used_by(mia, pack)

    answer = post_act(desk, "move_use", pack, to=other.pk, event=visit.pk, note="wrong card")

    assert message_after(desk, answer) == (
        "Use moved for Ana Ruiz to 5-class pack. This pack: 7 of 10 left."
    )
    assert (used(pack), used(other)) == (3, 2)
    today = on_day(visit.occurred_at)
    moved, visit_line, _ = history_on(desk.get(page_of(pack)))
    assert moved.what == f"Use moved to another pack the visit of {today} 5-class pack"
    assert f'href="{page_of(other)}"' in moved.html
    assert (moved.used, moved.who) == ("4 → 3 used", "Mia wrong card")
    assert visit_line.what == f"Session used Moved {today} by Mia"
    arrived, _ = history_on(desk.get(page_of(other)))
    assert arrived.what == "Use moved here from another pack 10-class pack"
    assert f'href="{page_of(pack)}"' in arrived.html
    assert arrived.used == "1 → 2 used"


def test_without_a_chosen_use_the_newest_is_moved(
    desk: Client, mia: User, pack: Purchase, other: Purchase
) -> None:
    used_by(mia, pack)
    newest = used_by(mia, pack)
    reinstated_by(mia, pack, event_id=newest.pk)
    page = html_of(desk.get(url_of("move_use", pack)))

    assert f'name="event" value="{newest.pk}"' not in page
    assert 'name="event"' in page


def test_a_use_older_than_the_ledger_can_be_moved(
    desk: Client, pack: Purchase, other: Purchase
) -> None:
    page = desk.get(url_of("move_use", pack))
    assert "A session is given back to this pack, and another pack is charged." in words_on(page)

    post_act(desk, "move_use", pack, to=other.pk)

    assert (used(pack), used(other)) == (2, 2)


def test_the_move_can_be_undone_from_the_message(
    desk: Client, pack: Purchase, other: Purchase
) -> None:
    answer = post_act(desk, "move_use", pack, to=other.pk)

    undone = undo_after(desk, answer, pack)

    assert undone == "Undone for Ana Ruiz: the use is back on the first pack. 7 of 10 left."
    assert changes(pack) == [("moved", -1, 2), ("undone", 1, 3)]
    assert changes(other) == [("moved", 1, 2), ("undone", -1, 1)]
    for purchase in (pack, other):
        line = history_on(desk.get(page_of(purchase)))[0]
        assert line.what.startswith("Move undone")


@pytest.mark.parametrize("side", ["charged first", "charged instead"])
def test_the_move_can_be_undone_from_either_history(
    desk: Client, mia: User, pack: Purchase, other: Purchase, side: str
) -> None:
    moved_by(mia, pack, other)
    purchase = pack if side == "charged first" else other
    line = history_on(desk.get(page_of(purchase)))[0]
    assert "Undo" in line.action

    url = f"/moves/{line.event_id}/undo/"
    assert f'action="{url}"' in line.html
    answer = send(desk, url, next=page_of(purchase))

    assert (answer.status_code, answer["Location"]) == (302, page_of(purchase))
    assert (used(pack), used(other)) == (3, 1)


def test_undo_is_not_offered_after_the_moved_use_was_given_back(
    desk: Client, mia: User, pack: Purchase, other: Purchase
) -> None:
    moved = moved_by(mia, pack, other)
    assert history_on(desk.get(page_of(pack)))[0].action == "Undo"
    reinstated_by(mia, other)

    assert history_on(desk.get(page_of(pack)))[0].action == ""
    answer = desk.post(f"/moves/{moved.pk}/undo/", {"request_id": str(uuid4())})
    assert answer.status_code == 409
    assert Refusal.MOVED_BACK.label in words_on(answer)
    assert (used(pack), used(other)) == (2, 1)


def test_a_colleague_cannot_undo_the_move_but_an_owner_can(
    desk: Client, owner: Client, pack: Purchase, other: Purchase
) -> None:
    colleague = make_user(username="max", org=pack.org)
    moved_by(colleague, pack, other)

    assert history_on(desk.get(page_of(pack)))[0].action == ""
    assert history_on(owner.get(page_of(pack)))[0].action == "Undo"


def test_move_is_offered_only_if_another_pack_can_take_the_use(
    desk: Client, mia: User, pack: Purchase
) -> None:
    used_by(mia, pack)
    page = desk.get(page_of(pack))
    assert "Move" not in history_on(page)[0].action
    assert "Move a use" not in words_on(page)

    make_purchase(org=pack.org, client=pack.client)

    page = desk.get(page_of(pack))
    assert history_on(page)[0].action.endswith("Move")
    assert "Move a use" in words_on(page)


def test_a_use_that_was_reversed_cannot_be_moved(
    desk: Client, mia: User, pack: Purchase, other: Purchase
) -> None:
    visit = used_by(mia, pack)
    reinstated_by(mia, pack, event_id=visit.pk)

    page = desk.get(url_of("move_use", pack), {"event": visit.pk})
    assert "This visit was given back or moved already." in words_on(page)
    answer = post_act(desk, "move_use", pack, to=other.pk, event=visit.pk)
    assert answer.status_code == 409
    assert (used(pack), used(other)) == (3, 1)


def test_a_pack_that_cannot_take_the_use_is_refused(
    desk: Client, pack: Purchase, other: Purchase, southside: Org
) -> None:
    Purchase.objects.filter(pk=other.pk).update(payment_status="refunded")

    answer = post_act(desk, "move_use", pack, to=other.pk)

    assert answer.status_code == 409
    assert Refusal.CANNOT_MOVE.label in words_on(answer)
    foreign = make_purchase(org=southside)
    assert post_act(desk, "move_use", pack, to=foreign.pk).status_code == 404
    assert (used(pack), used(other)) == (3, 1)


def test_a_form_without_a_pack_is_shown_again(
    desk: Client, pack: Purchase, other: Purchase
) -> None:
    answer = post_act(desk, "move_use", pack)

    assert answer.status_code == 400
    assert "Choose the pack to charge." in words_on(answer)
    assert "Charge 5-class pack" in words_on(answer)


@pytest.mark.parametrize("event", ["x", "0", str(2**63)])
def test_an_invalid_event_is_400(desk: Client, pack: Purchase, other: Purchase, event: str) -> None:
    assert desk.get(url_of("move_use", pack), {"event": event}).status_code == 400
    assert post_act(desk, "move_use", pack, to=other.pk, event=event).status_code == 400


def test_the_accountant_cannot_move_a_use(
    accountant: Client, pack: Purchase, other: Purchase
) -> None:
    assert "Move a use" not in words_on(accountant.get(page_of(pack)))
    assert accountant.get(url_of("move_use", pack)).status_code == 403
    assert post_act(accountant, "move_use", pack, to=other.pk).status_code == 403
