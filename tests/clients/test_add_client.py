"""Add a client at the desk: one form, which says if somebody alike exists."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from purchases.clients import views
from purchases.models import Client, ClientEvent, ClientRequest, Org
from studio.models import Policy
from tests.clients.pages import ADD, WILLA, add, changes_on, form_of, page_of
from tests.database import rows
from tests.factories import make_client, make_org
from tests.pages import html_of, words_on


def willa() -> Client:
    return Client.objects.get(full_name="Willa Cather")


def test_the_form_adds_a_client_and_shows_its_page(desk: Browser, northside: Org) -> None:
    answer = add(desk)

    client = willa()
    assert answer.status_code == 302
    assert answer["Location"] == page_of(client)
    assert (client.org, client.status) == (northside, "active")
    assert (client.email, client.phone, client.notes) == tuple(WILLA.values())[1:]
    page = desk.get(page_of(client))
    words = words_on(page)
    assert "Willa Cather added." in words
    for value in WILLA.values():
        assert value in words
    (line,) = changes_on(page)
    assert line.startswith("Added | Name: Willa Cather; E-mail: willa@example.com;")
    assert line.endswith("| Mia")


def test_the_client_can_be_found_at_once(desk: Browser, northside: Org) -> None:
    add(desk)

    terms = rows("SELECT term FROM client_search_terms WHERE term LIKE 'cather%'")
    assert len(terms) == 1


def test_only_the_name_is_required(desk: Browser) -> None:
    add(desk, email="", phone=" ", notes="")

    client = willa()
    assert (client.email, client.phone, client.notes) == (None, None, None)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("Willa Cather", "full_name"),
        ("willa@example.com", "email"),
        ("+61 412 000 111", "phone"),
    ],
)
def test_the_words_of_a_search_are_in_their_field(desk: Browser, words: str, field: str) -> None:
    form = form_of(desk.get(ADD, {"name": words}))

    filled = {name: form[name] for name in WILLA if form[name]}
    assert filled == {field: words}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"full_name": " "}, "Write a name."),
        ({"full_name": "x" * 201}, "Shorten the name: 200 characters at most."),
        ({"full_name": "Will\x07a"}, "Remove the unusual character and try again."),
        ({"full_name": "Will\u202ea"}, "Remove the unusual character and try again."),
        ({"full_name": "Will\0a"}, "Remove the unusual character and try again."),
        ({"email": "willa"}, "Write an e-mail address, as in ana@example.com"),
        ({"email": "w" * 250 + "@a.au"}, "Shorten the e-mail: 254 characters at most."),
        ({"phone": "0412\n345"}, "Remove the unusual character and try again."),
        ({"phone": "1" * 101}, "Shorten the phone number: 100 characters at most."),
        ({"notes": "x" * 5001}, "Shorten the note: 5,000 characters at most."),
        ({"request_id": ""}, "This page is out of date."),
    ],
)
def test_an_invalid_form_is_shown_again_with_what_was_typed(
    desk: Browser, fields: dict[str, str], problem: str
) -> None:
    answer = add(desk, **fields)

    assert answer.status_code == 400
    assert problem in words_on(answer)
    assert form_of(answer)["notes"] == fields.get("notes", "left knee")
    assert not Client.objects.exists()


# --- Somebody alike -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"name": "WILLA  CATHÉR"}, "same name"),
        ({"name": "W. C.", "email": "Willa@Example.com"}, "same e-mail"),
        ({"name": "W. C.", "phone": "0412000111"}, "same phone number"),
        ({"name": "Willa Cather", "phone": "(0412) 000-111"}, "same name, same phone number"),
    ],
)
def test_somebody_alike_is_named_with_a_link_before_anything_is_added(
    desk: Browser, northside: Org, known: dict[str, str], why: str
) -> None:
    other = make_client(org=northside, **known)

    answer = add(desk)

    assert answer.status_code == 409
    assert f"{other.full_name} {why}".replace("  ", " ") in words_on(answer)
    assert f'href="{page_of(other)}"' in html_of(answer)
    assert Client.objects.count() == 1
    form = form_of(answer)
    assert {name: form[name] for name in WILLA} == WILLA

    assert desk.post(ADD, form | {"anyway": "1"}).status_code == 302
    assert Client.objects.count() == 2


def test_people_who_are_not_alike_do_not_ask(desk: Browser, northside: Org, southside: Org) -> None:
    make_client(org=northside, name="Willa Cather-Smith", email="w@example.com", phone="000 111")
    make_client(org=southside, name="Willa Cather", email="willa@example.com")
    Client.objects.create(org=northside, full_name="Willa Cather", status="merged")

    assert add(desk).status_code == 302


def test_a_double_click_adds_one_client(desk: Browser, northside: Org) -> None:
    request_id = uuid4()

    first, second = (add(desk, request_id=request_id) for _ in range(2))

    assert first["Location"] == second["Location"] == page_of(willa())
    assert ClientEvent.objects.count() == ClientRequest.objects.count() == 1


def test_a_retry_of_a_client_that_was_deleted_since_is_404(desk: Browser) -> None:
    request_id = uuid4()
    add(desk, request_id=request_id)
    rows("DELETE FROM clients")

    assert add(desk, request_id=request_id).status_code == 404


def test_the_id_of_another_person_is_refused(desk: Browser, owner: Browser) -> None:
    request_id = uuid4()
    add(desk, request_id=request_id)

    answer = add(owner, request_id=request_id)

    assert answer.status_code == 409
    assert "This button was used for something else." in words_on(answer)
    assert Client.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_rule_of_another_program_is_told(desk: Browser, northside: Org) -> None:
    """An attached database may have constraints that the site does not know."""
    make_client(org=northside, name="W. C.", email="willa@example.com")
    rows("CREATE UNIQUE INDEX of_the_app ON clients (org_id, email)")
    try:
        answer = add(desk, anyway="1")
    finally:
        rows("DROP INDEX of_the_app")

    assert answer.status_code == 409
    assert "Another program of your studio does not accept these values." in words_on(answer)


# --- Who may --------------------------------------------------------------------------------------


def test_the_accountant_cannot_add(accountant: Browser) -> None:
    assert accountant.get(ADD).status_code == 403
    assert add(accountant).status_code == 403
    assert not Client.objects.exists()


def test_staff_cannot_add_if_the_policy_forbids_it(
    desk: Browser, owner: Browser, northside: Org
) -> None:
    Policy.objects.create(org=northside, staff_may_edit_clients=False)

    assert add(desk).status_code == 403
    assert add(owner).status_code == 302


def test_the_client_belongs_to_the_studio_of_the_person(desk: Browser, northside: Org) -> None:
    make_org(name="Southside Yoga")

    add(desk)

    assert willa().org == northside


# --- Sell -----------------------------------------------------------------------------------------


def test_the_message_links_to_the_sale_if_the_site_sells(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:

    def with_sale(name: str, **arguments: Any) -> str:
        return "/sell/" if name == "purchases:sell" else reverse(name, **arguments)

    monkeypatch.setattr(views, "reverse", with_sale)
    page = desk.get(add(desk)["Location"])

    assert f'href="/sell/?client={willa().pk}"' in html_of(page)
