"""A client's page: who they are, and everything that they bought."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases.models import Client as Buyer
from purchases.models import Org
from purchases.queries import PAGE_SIZE
from studio.models import User
from tests.factories import make_client, make_offer, make_purchase
from tests.packs import PACKS, make_pack
from tests.pages import html_of, rows_on, the_row_on, words_on


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
    at_the_desk = the_row_on(desk.get(reverse("purchases:purchase_list")))

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
    northside: Org, otto: User, signed_in: Callable[[User], Client]
) -> None:
    response = signed_in(otto).get(page_of(make_client(org=northside, name="Ana Ruiz")))

    assert response.status_code == 404
    assert "There is nothing here." in words_on(response)
    assert "Ana" not in words_on(response)


def test_it_takes_5_queries_at_most_however_much_was_bought(
    northside: Org, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ana = make_client(org=northside)
    for _ in range(PAGE_SIZE + 1):
        make_purchase(org=northside, client=ana, offer=make_offer(org=northside))

    with django_assert_max_num_queries(5):
        # 1. the session 2. its user 3. their membership with its org
        # 4. the client 5. the purchases, each with client and offer
        response = desk.get(page_of(ana))

    assert len(rows_on(response)) == PAGE_SIZE + 1
