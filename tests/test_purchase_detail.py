"""A purchase's page: what happened to its count. What can be taken back from there is in
test_history_buttons.py."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org, Purchase
from purchases.templatetags.desk import exactly
from studio.models import User
from tests.database import rows, value
from tests.factories import make_purchase, make_user
from tests.history import history_on, page_of
from tests.ledger import reinstated_by, undone_by, used_by
from tests.pages import press, the_row_on, words_on

SignIn = Callable[[User], Client]
LOGIN = "through postgres"


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, total=10, used=3)


def test_a_line_says_when_what_before_and_after_who_why_and_by_which_program(
    desk: Client, mia: User, pack: Purchase
) -> None:
    used_by(mia, pack, note="with a friend")
    event = reinstated_by(mia, pack, reason="late_cancel_forgiven", note="first <b>time</b>")
    rows("UPDATE client_purchases SET sessions_used = sessions_used + 2")

    corrected, reinstated, used_line, opened = history_on(desk.get(page_of(pack)))

    today = "the visit of " + timezone.localtime(event.occurred_at).strftime("%-d %b")
    assert reinstated.when == exactly(event.occurred_at)
    assert (reinstated.what, reinstated.used) == (f"Session reinstated {today}", "4 → 3")
    assert reinstated.who == f"Mia: late cancel forgiven first <b>time</b> {LOGIN}"
    assert used_line.what.startswith("Session used given back")
    assert (used_line.used, used_line.who) == ("3 → 4", f"Mia with a friend {LOGIN}")
    assert (opened.what, opened.used, opened.who) == ("Opened", "3", LOGIN)
    assert (corrected.what, corrected.used, corrected.who) == ("Count corrected", "3 → 5", LOGIN)


def test_missing_counts_are_shown_as_such(desk: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, used=None)
    rows("UPDATE client_purchases SET sessions_used = 4")
    rows("UPDATE client_purchases SET sessions_used = NULL")

    assert [line.used for line in history_on(desk.get(page_of(pack)))] == ["4 → ?", "0 → 4", "?"]


def test_another_program_is_named_by_its_role_and_its_token(desk: Client, pack: Purchase) -> None:
    rows("SELECT set_config('request.jwt.claims', '{\"sub\": \"<5f3c>\"}', true)")
    value("SELECT public.use_session(%s)", pack.pk)

    assert history_on(desk.get(page_of(pack)))[0].who == f"{LOGIN} for <5f3c>"


def test_a_purchase_that_is_older_than_the_ledger_has_a_page_too(
    desk: Client, pack: Purchase
) -> None:
    rows("ALTER TABLE session_events DISABLE TRIGGER refuse_to_forget")
    rows("DELETE FROM session_events")
    page = desk.get(page_of(pack))

    assert history_on(page) == []
    assert "Nothing has changed this count since it was bought." in words_on(page)
    press(desk, "use", pack)
    assert [line.used for line in history_on(desk.get(page_of(pack)))] == ["3 → 4", "3"]


def test_it_has_the_row_of_the_desk(desk: Client, pack: Purchase) -> None:
    here = the_row_on(desk.get(page_of(pack)))

    assert here.words == the_row_on(desk.get(reverse("purchases:purchase_list"))).words
    assert here.buttons == ["Reinstate", "Use"]


def test_a_stranger_gets_404_and_reads_no_name(
    pack: Purchase, otto: User, signed_in: SignIn
) -> None:
    response = signed_in(otto).get(page_of(pack))

    assert response.status_code == 404
    assert "Ana" not in words_on(response)


def test_it_takes_6_queries_at_most_however_much_has_happened(
    desk: Client,
    northside: Org,
    mia: User,
    pack: Purchase,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        colleague = make_user(username=f"colleague{number}", org=northside)
        used_by(colleague, pack)
        undone_by(mia, reinstated_by(mia, pack))
        reinstated_by(colleague, pack)

    with django_assert_max_num_queries(6):
        # 1. the session 2. its user 3. their membership with its org and policy
        # 4. the mark 5. the purchase 6. the events, each with its request, its actor and what it
        # reverses
        page = desk.get(page_of(pack))
    assert len(history_on(page)) == 21
