"""The page matches pasted or searched names with clients. It changes nothing yet."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases.models import CancelledClass, Org, Purchase, SessionEvent
from studio.models import User
from tests.cancelled_class.pages import PAGE, boxes, counts_on, paste_names, problems_on, ticked
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
        "Álvarez José",
    ],
)
def test_client_is_found_by_email_or_name_and_ticked(
    northside: Org, southside: Org, desk: Client, pasted: str
) -> None:
    pack = pack_of(northside, "José Álvarez", "jose@example.com")
    pack_of(northside, "Ana Ruiz", "ana@example.com")
    pack_of(southside, "José Álvarez", "jose@example.com")

    page = paste_names(desk, pasted)

    assert boxes(page) == {pack.pk: True}
    assert problems_on(page) == ""
    assert "7 3 of 10 used" in words_on(page)


def test_whole_name_takes_precedence_over_a_prefix(northside: Org, desk: Client) -> None:
    ana = pack_of(northside, "Ana Ruiz")
    pack_of(northside, "Anabel Ruizmartin")

    assert boxes(paste_names(desk, "Ana Ruiz")) == {ana.pk: True}


def test_several_clients_of_one_name_are_a_choice(northside: Org, desk: Client) -> None:
    anas = {pack_of(northside, "Ana Ruiz", f"ana{n}@example.com").pk for n in range(2)}

    page = paste_names(desk, "Ana Ruiz")

    assert boxes(page) == dict.fromkeys(anas, False)
    assert "“Ana Ruiz”: tick the right person" in problems_on(page)
    assert "ana0@example.com" in problems_on(page)


def test_too_many_matches_ask_for_the_whole_name(northside: Org, desk: Client) -> None:
    make_purchases(org=northside, count=7)

    page = paste_names(desk, "Ana")

    assert len(boxes(page)) == 5
    assert "There are more. Write the whole name, or the e-mail." in problems_on(page)


def test_email_distinguishes_clients_of_one_name(northside: Org, desk: Client) -> None:
    ana = pack_of(northside, "Ana Ruiz", "ana1@example.com")
    pack_of(northside, "Ana Ruiz", "ana2@example.com")

    assert ticked(paste_names(desk, "Ana Ruiz <ana1@example.com>")) == [ana.pk]


def test_name_distinguishes_clients_of_one_email(northside: Org, desk: Client) -> None:
    ana = pack_of(northside, "Ana Ruiz", "ruiz@example.com")
    leo = pack_of(northside, "Leo Ruiz", "ruiz@example.com")

    assert boxes(paste_names(desk, "Ana Ruiz <ruiz@example.com>")) == {ana.pk: True}
    assert boxes(paste_names(desk, "ruiz@example.com")) == {ana.pk: False, leo.pk: False}


def test_unknown_email_falls_back_to_the_name_unticked(northside: Org, desk: Client) -> None:
    ana = pack_of(northside, "Ana Ruiz", "ana@example.com")

    page = paste_names(desk, "Ana Ruiz <old@example.com>")

    assert boxes(page) == {ana.pk: False}
    assert "No client has this e-mail. Clients with this name:" in problems_on(page)


def test_names_without_a_match_are_listed(northside: Org, desk: Client) -> None:
    pack_of(northside, "Ana Ruiz", "ana@example.com")

    page = paste_names(desk, "Zoë Ng", "zoe@example.com", "ana@example", "???", "<script>")

    assert boxes(page) == {}
    for text in ("Zoë Ng", "zoe@example.com", "ana@example", "???", "script"):
        assert text in problems_on(page)
    assert "Give a session back" not in words_on(page)


def test_client_without_a_reinstatable_pack_shows_the_reason(northside: Org, desk: Client) -> None:
    pack_of(northside, "Fresh Ng", used=0)
    pack_of(northside, "Poor Ng", payment_status="pending")
    make_client(org=northside, name="New Ng")

    problems = problems_on(paste_names(desk, "Fresh Ng", "Poor Ng", "New Ng"))

    assert "Fresh Ng: No session of this client's packs is used." in problems
    assert "Poor Ng: This pack is not paid." in problems
    assert "New Ng: This client has no pack." in problems


def test_client_pasted_twice_is_listed_once(northside: Org, desk: Client) -> None:
    pack = pack_of(northside, "Ana Ruiz", "ana@example.com")

    page = paste_names(desk, "Ana Ruiz", "ana@example.com", "ana ruiz", "Ana R")

    assert boxes(page) == {pack.pk: True}
    assert "pasted 2 times, listed once" in words_on(page)
    assert "“Ana R” All clients with this name are on the list already." in problems_on(page)


def test_pack_of_the_latest_use_takes_precedence_over_a_newer_pack(
    northside: Org, desk: Client, mia: User
) -> None:
    client = make_client(org=northside)
    long_ago = timezone.now() - timedelta(days=90)
    used_pack = make_purchase(org=northside, client=client, purchased_at=long_ago)
    newer = make_purchase(org=northside, client=client)
    make_purchase(org=northside, client=client, used=0)
    assert boxes(paste_names(desk, "Ana Ruiz")) == {newer.pk: True, used_pack.pk: False}

    used_by(mia, used_pack)
    page = paste_names(desk, "Ana Ruiz")

    assert boxes(page) == {used_pack.pk: True, newer.pk: False}
    assert "today" in words_on(page)


def test_client_reinstated_recently_is_shown_unticked(
    northside: Org, desk: Client, mia: User
) -> None:
    pack = pack_of(northside, "Ana Ruiz")
    reinstatement = reinstated_by(mia, pack)

    page = paste_names(desk, "Ana Ruiz")

    assert boxes(page) == {pack.pk: False}
    assert "given back today by Mia" in words_on(page)
    undone_by(mia, reinstatement)
    assert boxes(paste_names(desk, "Ana Ruiz")) == {pack.pk: True}


def test_search_adds_clients_and_keeps_the_ticks(northside: Org, desk: Client) -> None:
    ana, bo, cy = (pack_of(northside, name) for name in ("Ana Ruiz", "Bo Ng", "Cy Ng"))
    shown = f"{ana.pk}"

    # Ana was unticked. The search finds Bo and Cy.
    page = paste_names(desk, "Ana Ruiz", q="ng", shown=shown)
    assert boxes(page) == {ana.pk: False, bo.pk: False, cy.pk: False}

    # Bo is ticked and stays on the list during the next search.
    page = paste_names(
        desk, "Ana Ruiz", q="zoe", shown=f"{ana.pk} {bo.pk} {cy.pk}", purchase=[bo.pk]
    )
    assert boxes(page) == {ana.pk: False, bo.pk: True}
    assert "No other clients for “zoe”." in words_on(page)


def test_problems_come_first_then_what_will_happen_then_the_list(
    northside: Org, desk: Client, mia: User
) -> None:
    expired = timezone.now() - timedelta(days=3)
    ana, bo = pack_of(northside, "Ana Ruiz"), pack_of(northside, "Bo Ng", expires_at=expired)
    recent, asked = pack_of(northside, "Cy Ng"), pack_of(northside, "Dora Quimbysen")
    pack_of(northside, "Fresh Ng", used=0)
    reinstated_by(mia, recent)
    names = ["Ana Ruiz", "Bo Ng", "Cy Ng", "Dora Quimby", "Fresh Ng", "Nobody Here", "x" * 999]

    page = paste_names(desk, *names)

    text = words_on(page)
    order = [
        *("Check these", "No client with this name Nobody Here", "Too long to be a name xxx"),
        *("Fresh Ng: No session", "“Dora Quimby”: tick", "Given a session back within 24 hours"),
        *("This will happen", "2 on the list", "E-mails or names"),
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert boxes(page) == {recent.pk: False, asked.pk: False, ana.pk: True, bo.pk: True}
    assert counts_on(page) == {"ticked": "2", "expired": "1", "left-out": "2"}


def test_preview_changes_nothing(northside: Org, desk: Client) -> None:
    pack = pack_of(northside, "Ana Ruiz")

    paste_names(desk, "Ana Ruiz", purchase=[pack.pk], reason="class_cancelled")

    assert not CancelledClass.objects.exists()
    assert not SessionEvent.objects.filter(kind="reinstated").exists()


def test_500_people_need_10_queries(
    northside: Org, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    packs = make_purchases(org=northside, count=500)
    emails = [f"ana{n}@example.com" for n in range(500)]

    with django_assert_max_num_queries(10):
        # The queries: 1. the session with its members, 2. the clients with these e-mails, 3. which
        # of them match whole, 4. the clients of the ticks, 5. the clients, 6. their packs, 7. the
        # latest uses if any, 8. recent reinstatements, 9. the latest lists, 10. their progress.
        page = paste_names(desk, *emails)

    assert sorted(ticked(page)) == sorted(pack.pk for pack in packs)
    assert "500 on the list" in words_on(page)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"pasted": "\n".join(f"Ana {n}" for n in range(501))}, "These are 501"),
        ({"pasted": "x" * 100_001}, "This text is too long. Paste only the names, at most 500"),
        ({"pasted": "Ana\0"}, "Remove the unusual character"),
        ({"q": "x" * 101}, "Type at most 100"),
        ({"purchase": ["7"]}, "This page is out of date."),
        ({"note": "x" * 501}, "Shorten the note"),
        ({"reason": "rain"}, "Choose a reason from the list"),
    ],
)
def test_invalid_form_shows_an_error_and_keeps_the_text(
    db: None, desk: Client, fields: dict[str, object], error: str
) -> None:
    response = desk.post(PAGE, {"pasted": "Zoë"} | fields)

    assert response.status_code == 400
    assert error in words_on(response)
    if "pasted" not in fields:
        assert ">Zoë</textarea>" in html_of(response)


def test_empty_paste_shows_the_empty_form(db: None, desk: Client) -> None:
    assert paste_names(desk).status_code == 200


@pytest.mark.usefixtures("northside")
def test_names_are_escaped_everywhere(northside: Org, desk: Client) -> None:
    evil = "<img src=x>"
    pack_of(northside, evil, expires_at=timezone.now() - timedelta(days=3))

    page = paste_names(desk, "img", '"<b>bold</b>"', q=evil, note=evil)

    assert "<img" not in html_of(page)
    assert "<b>bold" not in html_of(page)
