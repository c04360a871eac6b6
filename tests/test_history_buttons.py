"""The buttons of a purchase's history: reinstate a chosen use, and undo a reinstatement."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from purchases.models import Org, Purchase, Refusal, SessionEvent
from studio.models import Membership, User
from tests.conftest import SignIn
from tests.database import rows
from tests.expiry.extensions import extended_by
from tests.factories import keep_signed_in, make_purchase, make_user
from tests.history import click, expiry_history_on, history_on, page_of
from tests.ledger import changes, newest, reinstated_by, undone_by, used_by
from tests.pages import html_of, note_on, post_action, words_on
from tests.purchase_kinds import used
from tests.times import set_clock


def buttons_on(browser: Client, pack: Purchase) -> list[str]:
    """Return the button of each line, newest first: the empty text for a line without a button."""
    return [line.action for line in history_on(browser.get(page_of(pack)))]


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, total=10, used=3)


def test_a_line_has_a_button_exactly_if_its_action_would_succeed(
    desk: Client, mia: User, northside: Org
) -> None:
    """Check the buttons of all lines after each event of a long history."""
    pack = make_purchase(org=northside, total=4, used=2)
    assert buttons_on(desk, pack) == [""]
    visit = used_by(mia, pack)
    assert buttons_on(desk, pack) == ["Reinstate this visit Undo", ""]
    given_back = reinstated_by(mia, pack, event_id=visit.pk)
    assert buttons_on(desk, pack) == ["Undo", "", ""]
    undone_by(mia, given_back)
    assert buttons_on(desk, pack) == ["Reinstate this visit", "", "", ""]
    reinstated_by(mia, pack)
    assert buttons_on(desk, pack) == ["Undo", "", "", "", ""]
    rows("UPDATE client_purchases SET sessions_used = 4")
    assert buttons_on(desk, pack) == [""] * 6, "no room to undo it"
    rows("UPDATE client_purchases SET sessions_used = 1")
    assert buttons_on(desk, pack) == ["", "", "Undo", "", "", "", ""]
    used_by(mia, pack)
    Purchase.objects.update(payment_status="refunded")
    assert buttons_on(desk, pack) == ["Undo", "", "", "Undo", "", "", "", ""]


@pytest.mark.parametrize(
    ("name", "buttons"),
    [
        ("mia", ["Reinstate this visit Undo", "Undo", ""]),
        ("max", ["Reinstate this visit", "", ""]),
        ("olivia", ["Reinstate this visit Undo", "Undo", ""]),
        ("ada", ["", "", ""]),
    ],
)
def test_buttons_depend_on_the_role_and_on_who_reinstated(
    northside: Org,
    mia: User,
    olivia: User,
    ada: User,
    pack: Purchase,
    signed_in: SignIn,
    name: str,
    buttons: list[str],
) -> None:
    people = {"mia": mia, "olivia": olivia, "ada": ada}
    people["max"] = make_user(username="max", org=northside)
    reinstated_by(mia, pack)
    used_by(mia, pack)

    page = signed_in(people[name]).get(page_of(pack))

    assert [line.action for line in history_on(page)] == buttons
    assert ("<form" in html_of(page).split("<main")[1].split("</main>")[0]) is any(buttons)


def test_undo_is_not_offered_without_the_right_to_undo(
    northside: Org, ada: User, signed_in: SignIn
) -> None:
    """Ada reinstated and extended as staff a moment ago, and then became the accountant."""
    pack = make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))
    set_role(ada, Membership.Role.STAFF)
    reinstated_by(ada, pack)
    extended_by(ada, pack)
    assert offered_undos(signed_in(ada), pack) == [True, True]

    set_role(ada, Membership.Role.ACCOUNTANT_READONLY)

    assert offered_undos(signed_in(ada), pack) == [False, False]


def set_role(user: User, role: str) -> None:
    user.membership.role = role
    user.membership.save()


def offered_undos(browser: Client, pack: Purchase) -> list[bool]:
    """Tell for the newest line of the count, and of the expiry, whether it has an Undo button."""
    page = browser.get(page_of(pack))
    newest_lines = history_on(page)[0], expiry_history_on(page)[0]
    return ["Undo" in line.action for line in newest_lines]


def test_staff_have_no_undo_button_after_15_minutes(
    desk: Client, mia: User, pack: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    reinstated_by(mia, pack)
    later = timezone.now() + timedelta(minutes=16)
    keep_signed_in(later)
    set_clock(monkeypatch, lambda: later)

    assert buttons_on(desk, pack) == ["", ""]


def test_the_chosen_use_is_reversed_instead_of_the_newest(
    desk: Client, mia: User, pack: Purchase
) -> None:
    chosen, newer = used_by(mia, pack), used_by(mia, pack)
    line = history_on(desk.get(page_of(pack)))[1]
    assert line.event_id == chosen.pk

    answer = click(desk, line)

    assert (answer.status_code, answer["Location"]) == (302, page_of(pack))
    assert note_on(desk.get(page_of(pack))) == "Session reinstated for Ana Ruiz. 6 of 10 left."
    assert newest(pack).reverses_id == chosen.pk
    assert reinstated_by(mia, pack).reverses_id == newer.pk


def test_a_use_is_reversed_once_even_with_a_new_request_id(
    desk: Client, mia: User, pack: Purchase
) -> None:
    used_by(mia, pack)
    line = history_on(desk.get(page_of(pack)))[0]
    click(desk, line)

    same_id, new_id = click(desk, line), click(desk, line, request_id=str(uuid4()))

    assert same_id.status_code == 302, "the same request id: the same answer"
    assert new_id.status_code == 409
    assert str(Refusal.ALREADY_REINSTATED.label) in words_on(new_id)
    assert changes(pack) == [("used", 1, 4), ("reinstated", -1, 3)]


@pytest.mark.parametrize("event", ["another pack's visit", "a reinstatement", "nothing"])
def test_only_an_unreversed_use_of_this_pack_can_be_chosen(
    desk: Client, mia: User, pack: Purchase, event: str
) -> None:
    foreign = used_by(mia, make_purchase(org=pack.org))
    events = {"another pack's visit": foreign, "a reinstatement": reinstated_by(mia, pack)}
    chosen = events.get(event, SessionEvent(pk=10**6)).pk
    before = changes(pack)

    answer = post_action(desk, "reinstate", pack, htmx=True, event=str(chosen))

    assert (answer.status_code, note_on(answer)) == (409, Refusal.ALREADY_REINSTATED.label)
    assert changes(pack) == before


@pytest.mark.parametrize("event", ["x", "0", "-1", "1.5", str(2**63), "\0"])
def test_an_invalid_event_id_is_400(desk: Client, pack: Purchase, event: str) -> None:
    assert post_action(desk, "reinstate", pack, htmx=True, event=event).status_code == 400
    assert used(pack) == 3


def test_use_reinstate_undo_reinstate_from_the_page(desk: Client, pack: Purchase) -> None:
    post_action(desk, "use", pack)
    for _ in range(3):
        click(desk, history_on(desk.get(page_of(pack)))[0])

    lines = history_on(desk.get(page_of(pack)))
    counts = ["4 → 3 used", "3 → 4 used", "4 → 3 used", "3 → 4 used", "3 used"]
    assert [line.used for line in lines] == counts
    assert changes(pack) == [
        ("used", 1, 4),
        ("reinstated", -1, 3),
        ("undone", 1, 4),
        ("reinstated", -1, 3),
    ]
    reverses = pack.events.order_by("pk").values_list("reverses_id", flat=True)
    ids = list(pack.events.order_by("pk").values_list("pk", flat=True))
    assert list(reverses) == [None, None, ids[1], ids[2], ids[3]]
