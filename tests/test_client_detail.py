"""A client's page: who they are, and everything that they bought."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases import operations
from purchases.models import Client as Buyer
from purchases.models import Org, Purchase, SessionEvent
from purchases.queries import PAGE_SIZE, GivenBack, client_summary
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import make_client, make_offer, make_purchase
from tests.pages import LIST, html_of, rows_on, the_row_on, words_on
from tests.purchase_kinds import PACKS, make_pack


def page_of(client: Buyer) -> str:
    return reverse("purchases:client_detail", args=[client.pk])


def test_it_shows_all_purchases_of_this_client_newest_first(northside: Org, desk: Client) -> None:
    now = timezone.now()
    ana = make_client(org=northside, name="Ana Ruiz")
    middle, oldest, newest = (
        make_purchase(org=northside, client=ana, purchased_at=now - timedelta(days=days))
        for days in (5, 9, 1)
    )
    make_purchase(org=northside, client=make_client(org=northside, name="Ana Ruiz"))

    shown = [row.purchase_id for row in rows_on(desk.get(page_of(ana)))]

    assert shown == [newest.pk, middle.pk, oldest.pk]


@pytest.mark.parametrize("kind", PACKS)
def test_its_rows_are_those_of_the_desk(northside: Org, desk: Client, kind: str) -> None:
    pack = make_pack(org=northside, kind=kind)

    here = the_row_on(desk.get(page_of(pack.client)))
    at_the_desk = the_row_on(desk.get(LIST))

    assert here.words == at_the_desk.words
    assert here.buttons == at_the_desk.buttons == PACKS[kind][2].split()
    assert (here.used, here.total) == (at_the_desk.used, at_the_desk.total)


@pytest.mark.parametrize(
    ("email", "phone", "says"),
    [
        ("ana@example.com", "+61 412 345 678", "ana@example.com · +61 412 345 678 · client since"),
        ("ana@example.com", None, "ana@example.com · client since"),
        (None, "+61 412 345 678", "Ana Ruiz +61 412 345 678 · client since"),
        (None, None, "Ana Ruiz client since"),
        ("", "", "Ana Ruiz client since"),
    ],
)
def test_it_says_how_to_reach_them(
    northside: Org, desk: Client, email: str | None, phone: str | None, says: str
) -> None:
    ana = make_client(org=northside, name="Ana Ruiz", email=email, phone=phone)

    assert says in words_on(desk.get(page_of(ana)))


def test_a_client_who_bought_nothing_has_a_page_too(northside: Org, desk: Client) -> None:
    says = words_on(desk.get(page_of(make_client(org=northside))))

    assert "Nothing bought yet." in says


def test_notes_are_text_and_not_html(northside: Org, desk: Client) -> None:
    ana = make_client(org=northside)
    Buyer.objects.filter(pk=ana.pk).update(notes="Bad knee\n<b onclick=x>left</b>")

    html = html_of(desk.get(page_of(ana)))

    assert "Bad knee<br>&lt;b onclick=x&gt;left&lt;/b&gt;" in html


def test_a_stranger_gets_404_and_reads_no_name(
    northside: Org, otto: User, signed_in: SignIn
) -> None:
    response = signed_in(otto).get(page_of(make_client(org=northside, name="Ana Ruiz")))

    assert response.status_code == 404
    assert "This page does not exist." in words_on(response)
    assert "Ana" not in words_on(response)


def test_it_takes_4_queries_at_most_however_much_was_bought(
    northside: Org, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ana = make_client(org=northside)
    for _ in range(PAGE_SIZE + 1):
        make_purchase(org=northside, client=ana, offer=make_offer(org=northside))

    with django_assert_max_num_queries(4):
        # 1. the session, with its people 2. the client
        # 3. the purchases, each with client and offer 4. what was given back
        response = desk.get(page_of(ana))

    assert len(rows_on(response)) == PAGE_SIZE + 1


def test_what_can_be_used_comes_first_and_is_summed(northside: Org, desk: Client) -> None:
    ana = make_client(org=northside)
    now = timezone.now()
    older, used_up, newer = (
        make_purchase(org=northside, client=ana, used=used, purchased_at=now - timedelta(days=days))
        for used, days in [(3, 9), (10, 5), (8, 1)]
    )
    expired = make_purchase(org=northside, client=ana, expires_at=now - timedelta(days=1))

    response = desk.get(page_of(ana))

    shown = [row.purchase_id for row in rows_on(response)]
    assert shown == [newer.pk, older.pk, expired.pk, used_up.pk]
    assert "9 sessions left" in words_on(response)


def test_it_says_how_often_sessions_were_given_back_and_why(
    northside: Org, mia: User, desk: Client
) -> None:
    ana, somebody_else = make_client(org=northside), make_client(org=northside)
    pack = make_purchase(org=northside, client=ana, used=8)
    rows("SELECT public.release_session(%s)", pack.pk)
    member = mia.membership

    def give_back(reason: str | None, purchase: Purchase = pack) -> operations.Done:
        return operations.reinstate(
            member=member, purchase=purchase, request_id=uuid4(), reason=reason
        )

    give_back("late_cancel_forgiven")
    give_back("late_cancel_forgiven")
    give_back(None)
    undone = give_back("class_cancelled")
    event = SessionEvent.objects.get(pk=undone.event_id)
    operations.undo(member=member, event=event, request_id=uuid4())
    give_back("other", make_purchase(org=northside, client=somebody_else))

    given_back = client_summary(ana).given_back

    assert given_back == [
        GivenBack("Late cancel forgiven", 2, 2, 2),
        GivenBack("No reason given", 1, 1, 1),
        GivenBack("Another program", 1, 1, 1),
    ]
    words = words_on(desk.get(page_of(ana)))
    assert "Late cancel forgiven 2 2 2" in words
    assert "No reason given 1 1 1 Another program 1 1 1" in words
    assert "Class cancelled" not in words.split("Sessions given back")[1]
    assert "None in the last year." in words_on(desk.get(page_of(make_client(org=northside))))


def test_the_spans_of_days_end_where_they_say(
    northside: Org, now: datetime, monkeypatch: pytest.MonkeyPatch, mia: User
) -> None:
    pack = make_purchase(org=northside)
    operations.reinstate(member=mia.membership, purchase=pack, request_id=uuid4())
    for days, counts in [(29, [(1, 1, 1)]), (31, [(0, 1, 1)]), (91, [(0, 0, 1)]), (366, [])]:
        later = now + timedelta(days=days)
        monkeypatch.setattr("django.utils.timezone.now", lambda later=later: later)
        lines = client_summary(pack.client).given_back
        found = [(line.within_30_days, line.within_90_days, line.within_a_year) for line in lines]
        assert found == counts
