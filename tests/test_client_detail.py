"""The page of a client: contact, notes, purchases and a summary of reinstatements."""

import itertools
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
from purchases.operations.commands import Reinstate, Undo
from purchases.queries import PAGE_SIZE, ReinstatementCount, client_summary
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import make_client, make_offer, make_purchase
from tests.pages import LIST, html_of, rows_on, the_row_on, words_on
from tests.purchase_kinds import PACKS, make_pack
from tests.times import set_clock


def page_of(client: Buyer) -> str:
    return reverse("purchases:client_detail", args=[client.pk])


def test_all_purchases_of_the_client_are_listed_newest_first(northside: Org, desk: Client) -> None:
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
def test_a_row_equals_the_row_on_the_desk(northside: Org, desk: Client, kind: str) -> None:
    pack = make_pack(org=northside, kind=kind)

    on_client_page = the_row_on(desk.get(page_of(pack.client)))
    on_desk = the_row_on(desk.get(LIST))

    assert on_client_page.words == on_desk.words
    assert on_client_page.buttons == on_desk.buttons == PACKS[kind][2].split()
    assert (on_client_page.used, on_client_page.total) == (on_desk.used, on_desk.total)


@pytest.mark.parametrize(
    ("email", "phone", "text"),
    [
        ("ana@example.com", "+61 412 345 678", "ana@example.com · +61 412 345 678 · client since"),
        ("ana@example.com", None, "ana@example.com · client since"),
        (None, "+61 412 345 678", "Ana Ruiz +61 412 345 678 · client since"),
        (None, None, "Ana Ruiz client since"),
        ("", "", "Ana Ruiz client since"),
    ],
)
def test_the_page_shows_the_contact_of_the_client(
    northside: Org, desk: Client, email: str | None, phone: str | None, text: str
) -> None:
    ana = make_client(org=northside, name="Ana Ruiz", email=email, phone=phone)

    assert text in words_on(desk.get(page_of(ana)))


def test_a_client_without_purchases_has_a_page(northside: Org, desk: Client) -> None:
    text = words_on(desk.get(page_of(make_client(org=northside))))

    assert "Nothing bought yet." in text


def test_notes_are_escaped(northside: Org, desk: Client) -> None:
    ana = make_client(org=northside)
    Buyer.objects.filter(pk=ana.pk).update(notes="Bad knee\n<b onclick=x>left</b>")

    html = html_of(desk.get(page_of(ana)))

    assert "Bad knee<br>&lt;b onclick=x&gt;left&lt;/b&gt;" in html


def test_a_member_of_another_org_gets_404_without_the_name(
    northside: Org, otto: User, signed_in: SignIn
) -> None:
    response = signed_in(otto).get(page_of(make_client(org=northside, name="Ana Ruiz")))

    assert response.status_code == 404
    assert "This page does not exist." in words_on(response)
    assert "Ana" not in words_on(response)


def test_the_page_takes_at_most_8_queries_for_any_number_of_purchases(
    northside: Org, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ana = make_client(org=northside)
    for _ in range(PAGE_SIZE + 1):
        make_purchase(org=northside, client=ana, offer=make_offer(org=northside))

    with django_assert_max_num_queries(8):
        # 1. the session with its users 2. the client
        # 3. the purchases with client and offer 4. the ids of the purchases that she gave away
        # 5. the transfers with clients and actors 6. the reinstatements
        # 7. the changes of the client 8. the records that were merged
        response = desk.get(page_of(ana))

    assert len(rows_on(response)) == PAGE_SIZE + 1


def test_usable_purchases_come_first_and_their_sessions_are_summed(
    northside: Org, desk: Client
) -> None:
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


def test_the_page_counts_reinstatements_by_reason(northside: Org, mia: User, desk: Client) -> None:
    ana, another_client = make_client(org=northside), make_client(org=northside)
    pack = make_purchase(org=northside, client=ana, used=8)
    rows("SELECT public.release_session(%s)", pack.pk)
    member = mia.membership

    def give_back(reason: str | None, purchase: Purchase = pack) -> operations.Done:
        return operations.reinstate(
            member=member,
            purchase=purchase,
            command=Reinstate(request_id=uuid4(), reason=reason),
        )

    give_back("late_cancel_forgiven")
    give_back("late_cancel_forgiven")
    give_back(None)
    undone = give_back("class_cancelled")
    event = SessionEvent.objects.get(pk=undone.event_id)
    operations.undo(member=member, event=event, command=Undo(request_id=uuid4()))
    give_back("other", make_purchase(org=northside, client=another_client))

    reinstatements = client_summary(ana).reinstatements

    assert reinstatements == [
        ReinstatementCount("Late cancel forgiven", 2, 2, 2),
        ReinstatementCount("No reason given", 1, 1, 1),
        ReinstatementCount("Another program", 1, 1, 1),
    ]
    words = words_on(desk.get(page_of(ana)))
    assert "Late cancel forgiven 2 2 2" in words
    assert "No reason given 1 1 1 Another program 1 1 1" in words
    assert "Class cancelled" not in words.split("Sessions given back")[1]
    assert "None in the last year." in words_on(desk.get(page_of(make_client(org=northside))))


def test_reinstatements_are_counted_within_30_90_and_365_days(
    northside: Org, now: datetime, monkeypatch: pytest.MonkeyPatch, mia: User
) -> None:
    pack = make_purchase(org=northside)
    command = Reinstate(request_id=uuid4())
    operations.reinstate(member=mia.membership, purchase=pack, command=command)
    for days, counts in [(29, [(1, 1, 1)]), (31, [(0, 1, 1)]), (91, [(0, 0, 1)]), (366, [])]:
        later = now + timedelta(days=days)
        set_clock(monkeypatch, itertools.repeat(later).__next__)
        lines = client_summary(pack.client).reinstatements
        counted = [(line.within_30_days, line.within_90_days, line.within_a_year) for line in lines]
        assert counted == counts
