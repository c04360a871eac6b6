"""The page of a purchase: its row, its facts and its history (audit trail).

The buttons of the history are in test_history_buttons.py.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases.formatting import at_time, day, on_day
from purchases.models import Org, Purchase
from studio.models import User
from tests.acts.acts import (
    moved_by,
    total_corrected_by,
    transferred_by,
    used_corrected_by,
)
from tests.conftest import SignIn
from tests.database import rows, value
from tests.expiry.extensions import expiry_of, extend, extended_by, extension_undone_by
from tests.factories import make_client, make_purchase, make_user
from tests.history import (
    change_history_on,
    click,
    expiry_history_on,
    full_history_on,
    history_on,
    page_of,
)
from tests.ledger import reinstated_by, undone_by, used_by
from tests.pages import LIST, html_of, post_action, the_row_on, words_on

LOGIN = "through postgres"


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, total=10, used=3)


def test_a_line_shows_time_kind_counts_user_reason_and_program(
    desk: Client, mia: User, pack: Purchase
) -> None:
    used_by(mia, pack, note="with a friend")
    event = reinstated_by(mia, pack, reason="late_cancel_forgiven", note="first <b>time</b>")
    rows("UPDATE client_purchases SET sessions_used = sessions_used + 2")

    corrected, reinstated, used_line, opened = history_on(desk.get(page_of(pack)))

    today = on_day(event.occurred_at)
    assert (reinstated.when, reinstated.used) == (at_time(event.occurred_at), "4 → 3 used")
    assert reinstated.what == f"Session reinstated the visit of {today}"
    assert reinstated.who == "Mia: late cancel forgiven first <b>time</b>"
    assert used_line.what == f"Session used Reinstated {today} by Mia: late cancel forgiven"
    assert (used_line.used, used_line.who) == ("3 → 4 used", "Mia with a friend")
    assert (opened.what, opened.used, opened.who) == ("Pack added", "3 used", LOGIN)
    assert (corrected.what, corrected.used) == ("Count corrected", "3 → 5 used")
    assert corrected.who == f"Another program {LOGIN}"


def test_a_reinstatement_of_an_undo_names_no_visit(desk: Client, mia: User, pack: Purchase) -> None:
    undone_by(mia, reinstated_by(mia, pack))
    reinstated_by(mia, pack)

    reinstated = history_on(desk.get(page_of(pack)))[0]

    assert reinstated.what == "Session reinstated"


def test_a_missing_count_is_shown_as_a_question_mark(desk: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, used=None)
    rows("UPDATE client_purchases SET sessions_used = 4")
    rows("UPDATE client_purchases SET sessions_used = NULL")

    assert [line.used for line in history_on(desk.get(page_of(pack)))] == [
        "4 → ? used",
        "0 → 4 used",
        "? used",
    ]


def test_another_program_is_shown_with_its_role_and_jwt_subject(
    desk: Client, pack: Purchase
) -> None:
    rows("SELECT set_config('request.jwt.claims', '{\"sub\": \"<5f3c>\"}', true)")
    value("SELECT public.use_session(%s)", pack.pk)

    assert history_on(desk.get(page_of(pack)))[0].who == (
        f"Another program {LOGIN}, which says it acts for <5f3c>"
    )


def test_a_purchase_without_events_has_a_page(desk: Client, pack: Purchase) -> None:
    rows("ALTER TABLE session_events DISABLE TRIGGER forbid_change")
    rows("DELETE FROM session_events")
    page = desk.get(page_of(pack))

    assert history_on(page) == []
    assert "This count has not changed since the purchase." in words_on(page)
    post_action(desk, "use", pack)
    assert [line.used for line in history_on(desk.get(page_of(pack)))] == ["3 → 4 used", "3 used"]


def test_the_row_equals_the_row_on_the_desk(desk: Client, pack: Purchase) -> None:
    row = the_row_on(desk.get(page_of(pack)))

    assert row.words == the_row_on(desk.get(LIST)).words
    assert row.buttons == ["Reinstate", "Use"]


def test_a_member_of_another_org_gets_404_without_the_name(
    pack: Purchase, otto: User, signed_in: SignIn
) -> None:
    response = signed_in(otto).get(page_of(pack))

    assert response.status_code == 404
    assert "Ana" not in words_on(response)


def test_the_page_takes_at_most_8_queries_for_any_number_of_events(
    desk: Client,
    northside: Org,
    mia: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))
    other = make_purchase(org=northside, client=pack.client)
    for number in range(5):
        colleague = make_user(username=f"colleague{number}", org=northside)
        used_by(colleague, pack)
        undone_by(mia, reinstated_by(mia, pack))
        reinstated_by(colleague, pack)
        extension_undone_by(mia, extended_by(mia, pack))
        used_by(colleague, pack)
        moved_by(colleague, pack, other)
        used_corrected_by(colleague, pack, 1)
        total_corrected_by(colleague, pack, 1)
        ben = make_client(org=northside, name=f"Ben {number}")
        transferred_by(colleague, pack, ben)
        transferred_by(colleague, pack, other.client)

    with django_assert_max_num_queries(8):
        # 1. the session with its users 2. the purchase
        # 3. the session events, each with request, actor and the events of its reversals
        # 4. the expiry events with the same 5. the events of the purchase with the same
        # 6. the other packs of the client, to which a use can be moved
        # 7. the events of moves on other packs
        # 8. the receipts of the sealed events
        page = desk.get(page_of(pack))
    assert len(history_on(page)) == 36
    assert len(change_history_on(page)) == 15


# --- The expiry -----------------------------------------------------------------------------------


@pytest.fixture
def expiring(northside: Org) -> Purchase:
    return make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))


def test_an_extension_shows_the_new_expiry_the_user_and_the_note(
    desk: Client, mia: User, expiring: Purchase
) -> None:
    event = extended_by(mia, expiring, days=7, note="ill for a week")

    (line,) = expiry_history_on(desk.get(page_of(expiring)))

    assert event.expires_at
    assert expiring.expires_at
    assert line.what == f"Extended to {on_day(event.expires_at)}"
    assert line.used == f"{day(expiring.expires_at)} → {day(event.expires_at)}"
    assert (line.who, line.action) == ("Mia ill for a week", "Undo")


def test_an_undone_extension_and_a_change_by_another_program_are_shown(
    desk: Client, mia: User, expiring: Purchase
) -> None:
    event = extended_by(mia, expiring)
    extension_undone_by(mia, event)
    rows("UPDATE client_purchases SET expires_at = 'infinity'")
    rows("UPDATE client_purchases SET expires_at = NULL")

    last, corrected, undone, extended = expiry_history_on(desk.get(page_of(expiring)))

    today = on_day(event.occurred_at)
    assert extended.what.endswith(f" Undone {today} by Mia")
    assert (undone.what, undone.who) == (f"Extension undone of {today}", "Mia")
    assert (corrected.what, corrected.who) == ("Expiry corrected", f"Another program {LOGIN}")
    assert (corrected.used.split(" → ")[1], last.used) == ("never", "never → never")


def test_both_ledgers_are_shown_as_one_history_newest_first(
    desk: Client, mia: User, expiring: Purchase
) -> None:
    used_by(mia, expiring)
    extended_by(mia, expiring)
    used_by(mia, expiring)

    history = full_history_on(desk.get(page_of(expiring)))

    firsts = [line.split(" to ")[0] for line in history]
    assert firsts == ["Session used", "Extended", "Session used", "Pack added"]


def test_an_undone_reinstatement_is_shown_on_its_use(
    desk: Client, mia: User, expiring: Purchase
) -> None:
    used_by(mia, expiring)
    event = reinstated_by(mia, expiring)
    undone_by(mia, event)

    _, reinstated, used_line, _ = history_on(desk.get(page_of(expiring)))

    today = on_day(event.occurred_at)
    assert used_line.what == f"Session used Reinstated {today} by Mia, undone {today}"
    assert reinstated.what.endswith(f"Undone {today} by Mia")
    reinstated_by(mia, expiring)
    _, _, reinstated, _, _ = history_on(desk.get(page_of(expiring)))
    assert reinstated.what.endswith(f"Undone {today} by Mia"), "later events add nothing"


@pytest.mark.parametrize("name", ["mia", "max", "olivia", "ada"])
def test_undo_is_offered_only_for_the_last_extension_and_depends_on_the_role(
    northside: Org,
    mia: User,
    olivia: User,
    ada: User,
    expiring: Purchase,
    signed_in: SignIn,
    name: str,
) -> None:
    people = {"mia": mia, "olivia": olivia, "ada": ada}
    people["max"] = make_user(username="max", org=northside)
    first, second = extended_by(mia, expiring), extended_by(mia, expiring)
    page = page_of(expiring)
    browser = signed_in(people[name])
    button = "Undo" if name in ("mia", "olivia") else ""

    assert [line.action for line in expiry_history_on(browser.get(page))] == [button, ""]
    extension_undone_by(mia, second)
    assert [line.action for line in expiry_history_on(browser.get(page))] == ["", "", button]
    line = expiry_history_on(browser.get(page))[-1]
    assert (line.event_id, line.html.count("<form")) == (first.pk, int(bool(button)))


def test_an_extension_can_be_undone_from_the_history(
    desk: Client, mia: User, expiring: Purchase
) -> None:
    extended_by(mia, expiring)
    line = expiry_history_on(desk.get(page_of(expiring)))[0]

    answer = click(desk, line)

    assert (answer.status_code, answer["Location"]) == (302, page_of(expiring))
    assert expiry_of(expiring) == expiring.expires_at


@pytest.mark.parametrize(
    ("columns", "offered"),
    [
        ({}, True),
        ({"expires_at": timezone.now() - timedelta(days=1)}, True),
        ({"payment_status": "pending"}, True),
        ({"payment_status": "refunded"}, False),
        ({"expires_at": None}, False),
    ],
)
def test_extend_is_offered_exactly_if_it_would_succeed(
    desk: Client, ada: User, expiring: Purchase, signed_in: SignIn, columns: Any, offered: bool
) -> None:
    Purchase.objects.update(**columns)
    form = reverse("purchases:extend", args=[expiring.pk])

    assert (form in html_of(desk.get(page_of(expiring)))) is offered
    assert (extend(desk, expiring, days=7).status_code == 200) is offered
    assert form not in html_of(signed_in(ada).get(page_of(expiring)))


def test_the_page_shows_the_contact_the_notes_and_the_offer(
    desk: Client, expiring: Purchase
) -> None:
    client, offer = expiring.client, expiring.offer
    client.email, client.phone, client.notes = "ana@example.com", "+61 400", "Bad knee <b>"
    client.save()
    offer.description, offer.sessions_included, offer.pack_validity_days = "All classes", 10, 90
    offer.save()

    page = words_on(desk.get(page_of(expiring)))

    for text in ["ana@example.com", "+61 400", "Bad knee <b>", "All classes", "good for 90 days"]:
        assert text in page
