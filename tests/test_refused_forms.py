"""A form that was refused is not lost: after the sign-in, at a locked desk, for another member, and
after a change of the CSRF token. tests/browser/test_typed.py tests the same with JavaScript."""

import re
from html import unescape
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase, SessionRequest
from studio.accounts import refused_forms
from studio.models import Session, User
from tests.factories import PASSWORD, make_client, make_purchase, make_user
from tests.pages import HTMX, LIST, html_of, words_on
from tests.purchase_kinds import used
from tests.second_factor.people import CHECK, code, give_app, wrong_code
from tests.shared_desk.people import AT_DESK, LOCK, PIN, give_pin, take_over

SIGN_IN = reverse("login")
NOT_DONE = "Not done: you were signed out."
TYPED = "Ana’s knee <again>"
FIELD = re.compile(
    r'<input (?:class="field" id="\w+" |type="hidden" )name="(\w+)"[^>]* value="([^"]*)"'
)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, client=make_client(org=northside, name="Bernadette Quil"))


@pytest.fixture
def noah(northside: Org) -> User:
    return make_user(username="noah", org=northside)


def press(browser: Client, pack: Purchase, by: User, **more: Any) -> HttpResponseBase:
    """Send the form of Reinstate with a note."""
    fields = {
        "request_id": str(uuid4()),
        "next": f"{LIST}?q=quil",
        "by": str(by.membership.pk),
        "note": TYPED,
        "reason": "other",
    }
    return browser.post(
        reverse("purchases:reinstate", args=[pack.pk]), fields | more.pop("fields", {}), **more
    )


def carried(response: HttpResponseBase) -> str:
    """Return the signed text that the page carries, which is the same in each of its forms."""
    texts = set(re.findall(r'name="refused_form" value="([^"]*)"', html_of(response)))
    return str(texts.pop()) if texts else ""


def sign_in(browser: Client, user: User, **fields: str) -> HttpResponseBase:
    typed = {"username": user.username, "password": PASSWORD, "next": LIST}
    return browser.post(SIGN_IN, typed | fields)


def press_again(browser: Client, page: HttpResponseBase) -> HttpResponseBase:
    """Press “Try again” on the page, with the fields that it has."""
    html = html_of(page)
    action = re.search(r'<form method="post" action="([^"]*)"', html)
    assert action
    fields = {name: unescape(value) for name, value in FIELD.findall(html)}
    return browser.post(unescape(action[1]), fields)


# --- The session ended ----------------------------------------------------------------------------


def test_a_form_after_the_end_of_the_session_is_sent_again_by_the_same_person(
    desk: Client, mia: User, pack: Purchase, caplog: pytest.LogCaptureFixture
) -> None:
    Session.objects.all().delete()

    refused = press(desk, pack, mia)

    assert refused.status_code == 403
    assert NOT_DONE in words_on(refused)
    assert TYPED not in unescape(html_of(refused))
    assert f'name="next" value="{LIST}?q=quil"' in html_of(refused)
    wrong = sign_in(desk, mia, refused_form=carried(refused), password="wrong")
    page = sign_in(desk, mia, refused_form=carried(wrong))
    assert "You were signed out before, so nothing was changed." in words_on(page)
    assert TYPED in unescape(html_of(page))
    assert used(pack) == 3, "nothing is sent without a press"

    assert press_again(desk, page)["Location"] == f"{LIST}?q=quil"

    request = SessionRequest.objects.get()
    assert (request.note, request.reason, request.actor) == (TYPED, "other", mia)
    assert used(pack) == 2
    assert "knee" not in caplog.text


def test_a_form_is_carried_over_the_page_of_the_second_factor(
    desk: Client, mia: User, pack: Purchase
) -> None:
    give_app(mia)
    Session.objects.all().delete()
    refused = press(desk, pack, mia)

    page = sign_in(desk, mia, refused_form=carried(refused))
    wrong = desk.post(CHECK, {"code": wrong_code(), "refused_form": carried(page)})
    page = desk.post(CHECK, {"code": code(), "refused_form": carried(wrong)})

    assert TYPED in unescape(html_of(page))
    assert used(pack) == 3, "nothing is sent without a press"
    assert press_again(desk, page)["Location"] == f"{LIST}?q=quil"
    assert used(pack) == 2


@pytest.mark.parametrize("htmx", [False, True])
def test_nothing_typed_is_in_a_url(desk: Client, mia: User, pack: Purchase, htmx: bool) -> None:
    """htmx leaves the page for the sign-in page. A form without a note is redirected."""
    Session.objects.all().delete()
    page = {"HX-Current-URL": f"http://testserver{LIST}?q=quil"}
    empty = {"note": "", "reason": ""}

    if htmx:
        refused = press(desk, pack, mia, headers=HTMX | page)
    else:
        refused = press(desk, pack, mia, fields=empty)

    url = refused["HX-Redirect" if htmx else "Location"]
    assert url == f"{SIGN_IN}?next={LIST}%3Fq%3Dquil&pressed=1"
    assert NOT_DONE in words_on(desk.get(url))
    assert "Sign in to continue." in words_on(desk.get(SIGN_IN, {"next": LIST}))


def test_spanish(desk: Client, mia: User, pack: Purchase) -> None:
    Session.objects.all().delete()
    refused = press(desk, pack, mia, headers={"Accept-Language": "es"})
    assert "No se ha hecho: se había cerrado tu sesión." in words_on(refused)


def test_another_person_who_signs_in_does_not_see_what_was_typed(
    desk: Client, mia: User, noah: User, pack: Purchase
) -> None:
    Session.objects.all().delete()
    refused = press(desk, pack, mia)
    assert sign_in(desk, noah, refused_form=carried(refused))["Location"] == LIST


@pytest.mark.parametrize("text", ["", "x", "W10:1v:x"])
def test_a_text_with_another_signature_is_ignored(mia: User, text: str) -> None:
    assert sign_in(Client(), mia, refused_form=text)["Location"] == LIST


def test_a_form_is_carried_for_as_long_as_a_session(
    desk: Client, mia: User, pack: Purchase
) -> None:
    Session.objects.all().delete()
    text = carried(press(desk, pack, mia))
    with patch("purchases.clock.seconds", return_value=4e9):
        assert sign_in(desk, mia, refused_form=text)["Location"] == LIST


def test_a_text_that_is_too_long_for_a_sign_in_is_not_carried(
    desk: Client, mia: User, pack: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    Session.objects.all().delete()
    monkeypatch.setattr(refused_forms, "LONGEST", 50)
    assert press(desk, pack, mia)["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("field", ["secret", "csrfmiddlewaretoken"])
def test_a_secret_is_not_carried(desk: Client, mia: User, pack: Purchase, field: str) -> None:
    Session.objects.all().delete()
    refused = press(desk, pack, mia, fields={field: "4071-secret"})
    page = sign_in(desk, mia, refused_form=carried(refused))
    assert TYPED in unescape(html_of(page))
    assert "4071-secret" not in html_of(page)


def test_a_pasted_list_is_carried_with_its_ticks(desk: Client, mia: User, pack: Purchase) -> None:
    other = make_purchase(org=pack.org)
    Session.objects.all().delete()
    ticked = [str(pack.pk), str(other.pk)]
    url = reverse("purchases:cancelled_class")
    pasted = "Bernadette Quil\nAna Ruiz"
    refused = desk.post(
        url,
        {"by": mia.membership.pk, "pasted": pasted, "purchase": ticked},
        headers={"Referer": f"http://testserver{url}"},
    )
    assert f'name="next" value="{url}"' in html_of(refused), "the form does not name its page"

    html = html_of(sign_in(desk, mia, refused_form=carried(refused)))

    assert f">{pasted}</textarea>" in html
    assert re.findall(r'name="purchase" value="([^"]*)"', html) == ticked
    assert f'action="{url}"' in html


@pytest.mark.parametrize("referrer", ["https://evil.example/x", "//evil.example/x", "", "http://["])
def test_a_referrer_of_another_site_is_no_page(desk: Client, mia: User, referrer: str) -> None:
    Session.objects.all().delete()
    url = reverse("purchases:cancelled_class")
    refused = desk.post(url, {"by": mia.membership.pk}, headers={"Referer": referrer})
    assert refused["Location"] == f"{SIGN_IN}?next={reverse('home')}&pressed=1"


def test_a_form_of_the_admin_returns_to_its_page(desk: Client, mia: User) -> None:
    Session.objects.all().delete()
    page = reverse("admin:index")
    refused = desk.post(page, {"name": "x"}, headers={"Referer": f"http://testserver{page}"})
    assert refused["Location"] == f"{SIGN_IN}?next={page}&pressed=1"


# --- The desk is locked, or has another member ----------------------------------------------------


def test_a_form_at_a_locked_desk_is_sent_again_by_the_same_member(
    desk: Client, mia: User, noah: User, pack: Purchase
) -> None:
    for user in (mia, noah):
        give_pin(user)
    desk.post(LOCK)

    refused = press(desk, pack, mia)

    assert refused.status_code == 403
    assert refused["Desk-Locked"] == "true"
    assert "Nothing was changed: the desk was locked." in words_on(refused)
    assert TYPED not in unescape(html_of(refused))
    text = carried(refused)
    unlock = {"who": mia.membership.pk, "next": LIST}
    wrong = desk.post(AT_DESK, unlock | {"secret": "9999", "refused_form": text})
    page = desk.post(AT_DESK, unlock | {"secret": PIN, "refused_form": carried(wrong)})
    assert used(pack) == 3
    assert press_again(desk, page).status_code == 302
    assert SessionRequest.objects.get().note == TYPED

    desk.post(LOCK)
    text = carried(press(desk, pack, mia))
    unlock = {"who": noah.membership.pk, "next": LIST, "secret": PIN, "refused_form": text}
    assert desk.post(AT_DESK, unlock)["Location"] == LIST, "Noah sees no note of Mia's"


def test_the_member_at_the_desk_sends_the_form_in_their_own_name(
    desk: Client, mia: User, noah: User, pack: Purchase
) -> None:
    give_pin(noah)
    take_over(desk, noah)

    page = press(desk, pack, mia)

    assert page.status_code == 409
    assert "Noah is at the desk now. Press again to do it as Noah." in words_on(page)
    assert used(pack) == 3
    assert press_again(desk, page).status_code == 302
    request = SessionRequest.objects.get()
    assert (request.note, request.actor) == (TYPED, noah)


# --- The CSRF token changed -----------------------------------------------------------------------


@pytest.fixture
def strict(mia: User) -> Client:
    """Return a browser of Mia's that sends no valid CSRF token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mia)
    return browser


def test_a_form_with_an_old_token_is_sent_again(strict: Client, mia: User, pack: Purchase) -> None:
    page = press(strict, pack, mia, headers={"Origin": "http://testserver"})

    assert page.status_code == 403
    assert "the page was out of date" in words_on(page)
    assert TYPED in unescape(html_of(page))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', html_of(page))
    assert token
    assert used(pack) == 3
    press(strict, pack, mia, fields={"csrfmiddlewaretoken": token[1]})
    assert used(pack) == 2


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://testserver", None])
def test_a_form_of_another_site_gets_no_token(
    strict: Client, mia: User, pack: Purchase, origin: str | None
) -> None:
    """One press on our page would else do what the other site chose."""
    page = press(strict, pack, mia, headers={"Origin": origin} if origin else {})

    assert page.status_code == 403
    assert "This page is out of date." in words_on(page)
    assert TYPED not in unescape(html_of(page))
    assert "request_id" not in html_of(page)


def test_htmx_offers_to_reload_the_page(strict: Client, mia: User, pack: Purchase) -> None:
    page = {"HX-Current-URL": f"http://testserver{LIST}?q=quil"}
    note = press(strict, pack, mia, headers=HTMX | page)
    assert note.status_code == 403
    assert f'href="{LIST}?q=quil"' in html_of(note)


# --- The database does not answer -----------------------------------------------------------------


def test_the_page_that_tries_again_has_every_ticked_pack(
    desk: Client, mia: User, pack: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had only the last one of several values."""
    other = make_purchase(org=pack.org)
    ticked = [str(pack.pk), str(other.pk)]

    def fail(**arguments: object) -> None:
        raise OperationalError("raised by the test")

    monkeypatch.setattr("purchases.cancelled_class.views.create_list", fail)
    desk.raise_request_exception = False
    url = reverse("purchases:reinstate_all", args=[uuid4()])
    page = desk.post(
        url, {"reason": "class_cancelled", "purchase": ticked, "by": mia.membership.pk}
    )
    assert page.status_code == 503
    assert re.findall(r'name="purchase" value="([^"]*)"', html_of(page)) == ticked
