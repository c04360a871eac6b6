"""Who is meant: what was pasted or searched for is matched and shown, and nothing happens yet."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases.models import CancelledClass, Org, Purchase, SessionEvent
from studio.models import User
from tests.cancelled_class.pages import PAGE, boxes, look, needs_you, ticked
from tests.factories import make_client, make_purchase, make_purchases
from tests.ledger import reinstated_by, undone_by, used_by
from tests.pages import html_of, words_on


def pack_of(org: Org, name: str, email: str | None = None, **columns: Any) -> Purchase:
    return make_purchase(org=org, client=make_client(org=org, name=name, email=email), **columns)


@pytest.mark.parametrize(
    "pasted",
    [
        "jose@example.com",
        "JOSE@Example.com",
        "José Álvarez",
        "jose alvarez",
        "JOSÉ ÁLVAREZ",
        "José Álvarez <jose@example.com>",
        "Pepe <jose@example.com>",
        "Jos Alv",
        "Álvarez José",
    ],
)
def test_one_person_is_found_by_mail_or_name_and_ticked(
    northside: Org, southside: Org, desk: Client, pasted: str
) -> None:
    pack = pack_of(northside, "José Álvarez", "jose@example.com")
    pack_of(northside, "Ana Ruiz", "ana@example.com")
    pack_of(southside, "José Álvarez", "jose@example.com")

    page = look(desk, pasted)

    assert boxes(page) == {pack.pk: True}
    assert needs_you(page) == ""
    assert "7 3 of 10 used" in words_on(page)


def test_the_whole_name_goes_before_its_beginning(northside: Org, desk: Client) -> None:
    ana = pack_of(northside, "Ana Ruiz")
    pack_of(northside, "Anabel Ruizmartin")

    assert boxes(look(desk, "Ana Ruiz")) == {ana.pk: True}


def test_several_people_of_one_name_are_a_choice(northside: Org, desk: Client) -> None:
    anas = {pack_of(northside, "Ana Ruiz", f"ana{n}@example.com").pk for n in range(2)}

    page = look(desk, "Ana Ruiz")

    assert boxes(page) == dict.fromkeys(anas, False)
    assert "“Ana Ruiz”: tick who it was" in needs_you(page)
    assert "ana0@example.com" in needs_you(page)


def test_of_very_many_it_asks_for_more_of_the_name(northside: Org, desk: Client) -> None:
    make_purchases(org=northside, count=7)

    page = look(desk, "Ana")

    assert len(boxes(page)) == 5
    assert "There are more. Write the whole name, or the e-mail." in needs_you(page)


def test_the_email_tells_two_of_one_name_apart(northside: Org, desk: Client) -> None:
    ana = pack_of(northside, "Ana Ruiz", "ana1@example.com")
    pack_of(northside, "Ana Ruiz", "ana2@example.com")

    assert ticked(look(desk, "Ana Ruiz <ana1@example.com>")) == [ana.pk]


def test_the_name_tells_a_family_with_one_email_apart(northside: Org, desk: Client) -> None:
    ana = pack_of(northside, "Ana Ruiz", "ruiz@example.com")
    leo = pack_of(northside, "Leo Ruiz", "ruiz@example.com")

    assert boxes(look(desk, "Ana <ruiz@example.com>")) == {ana.pk: True}
    assert boxes(look(desk, "ruiz@example.com")) == {ana.pk: False, leo.pk: False}


def test_an_email_that_nobody_has_is_no_match_but_the_name_is_shown(
    northside: Org, desk: Client
) -> None:
    ana = pack_of(northside, "Ana Ruiz", "ana@example.com")

    page = look(desk, "Ana Ruiz <old@example.com>")

    assert boxes(page) == {ana.pk: False}
    assert "No client has this e-mail. Clients with this name:" in needs_you(page)


def test_whoever_is_found_by_nothing_is_said_in_words(northside: Org, desk: Client) -> None:
    pack_of(northside, "Ana Ruiz", "ana@example.com")

    page = look(desk, "Zoë Ng", "zoe@example.com", "ana@example", "???", "<script>")

    assert boxes(page) == {}
    for text in ("Zoë Ng", "zoe@example.com", "ana@example", "???", "script"):
        assert text in needs_you(page)
    assert "Give a session back" not in words_on(page)


def test_whoever_has_nothing_to_give_back_is_told_why(northside: Org, desk: Client) -> None:
    pack_of(northside, "Fresh Ng", used=0)
    pack_of(northside, "Poor Ng", payment_status="pending")
    make_client(org=northside, name="New Ng")

    said = needs_you(look(desk, "Fresh Ng", "Poor Ng", "New Ng"))

    assert "Fresh Ng: No session of this client's packs is used." in said
    assert "Poor Ng: This pack is not paid." in said
    assert "New Ng: This client has no pack." in said


def test_who_was_pasted_twice_is_listed_once(northside: Org, desk: Client) -> None:
    pack = pack_of(northside, "Ana Ruiz", "ana@example.com")

    page = look(desk, "Ana Ruiz", "ana@example.com", "ana ruiz", "Ana R")

    assert boxes(page) == {pack.pk: True}
    assert "pasted 3 times, listed once" in words_on(page)


def test_the_pack_of_the_latest_visit_goes_before_a_newer_one(
    northside: Org, desk: Client, mia: User
) -> None:
    client = make_client(org=northside)
    long_ago = timezone.now() - timedelta(days=90)
    visited = make_purchase(org=northside, client=client, purchased_at=long_ago)
    newer = make_purchase(org=northside, client=client)
    make_purchase(org=northside, client=client, used=0)
    assert boxes(look(desk, "Ana Ruiz")) == {newer.pk: True, visited.pk: False}

    used_by(mia, visited)
    page = look(desk, "Ana Ruiz")

    assert boxes(page) == {visited.pk: True, newer.pk: False}
    assert "today" in words_on(page)


def test_who_was_given_one_back_just_now_is_shown_and_not_ticked(
    northside: Org, desk: Client, mia: User
) -> None:
    pack = pack_of(northside, "Ana Ruiz")
    given_back = reinstated_by(mia, pack)

    page = look(desk, "Ana Ruiz")

    assert boxes(page) == {pack.pk: False}
    assert "given back today by Mia" in words_on(page)
    undone_by(mia, given_back)
    assert boxes(look(desk, "Ana Ruiz")) == {pack.pk: True}


def test_a_search_adds_people_to_tick_and_keeps_every_tick(northside: Org, desk: Client) -> None:
    ana, bo, cy = (pack_of(northside, name) for name in ("Ana Ruiz", "Bo Ng", "Cy Ng"))
    shown = f"{ana.pk}"

    # Ana was unticked; Bo and Cy are found.
    page = look(desk, "Ana Ruiz", q="ng", shown=shown)
    assert boxes(page) == {ana.pk: False, bo.pk: False, cy.pk: False}

    # Bo is ticked, and somebody else is searched for: Bo stays.
    page = look(desk, "Ana Ruiz", q="zoe", shown=f"{ana.pk} {bo.pk} {cy.pk}", purchase=[bo.pk])
    assert boxes(page) == {ana.pk: False, bo.pk: True}
    assert "“zoe” finds nobody who is not listed above." in words_on(page)


def test_looking_changes_nothing(northside: Org, desk: Client) -> None:
    pack = pack_of(northside, "Ana Ruiz")

    look(desk, "Ana Ruiz", purchase=[pack.pk], reason="class_cancelled")

    assert not CancelledClass.objects.exists()
    assert not SessionEvent.objects.filter(kind="reinstated").exists()


def test_500_people_take_9_queries(
    northside: Org, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    packs = make_purchases(org=northside, count=500)
    emails = [f"ana{n}@example.com" for n in range(500)]

    with django_assert_max_num_queries(9):
        # 1. the session, with its people 2. who has the e-mails 3. whose are the
        # ticks 4. the clients 5. their packs 6. the latest visits, where there are any 7. what was
        # given back just now 8. the latest lists 9. how far they have come
        page = look(desk, *emails)

    assert sorted(ticked(page)) == sorted(pack.pk for pack in packs)
    assert "500 on the list" in words_on(page)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"pasted": "\n".join(f"Ana {n}" for n in range(501))}, "these are 501"),
        ({"pasted": "x" * 100_001}, "Paste at most 500 people."),
        ({"pasted": "Ana\0"}, "Remove the unusual character"),
        ({"q": "x" * 101}, "Type at most 100"),
        ({"purchase": ["7"]}, "This page is out of date."),
        ({"note": "x" * 501}, "Shorten the note"),
        ({"reason": "rain"}, "Choose a reason from the list"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_text_stays(
    db: None, desk: Client, fields: dict[str, object], says: str
) -> None:
    response = desk.post(PAGE, {"pasted": "Zoë"} | fields)

    assert response.status_code == 400
    assert says in words_on(response)
    if "pasted" not in fields:
        assert ">Zoë</textarea>" in html_of(response)


def test_nothing_pasted_is_the_empty_form_again(db: None, desk: Client) -> None:
    assert look(desk).status_code == 200


@pytest.mark.usefixtures("northside")
def test_a_name_is_text_wherever_it_stands(northside: Org, desk: Client) -> None:
    evil = "<img src=x>"
    pack_of(northside, evil, expires_at=timezone.now() - timedelta(days=3))

    page = look(desk, "img", '"<b>bold</b>"', q=evil, note=evil)

    assert "<img" not in html_of(page)
    assert "<b>bold" not in html_of(page)
