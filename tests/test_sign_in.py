"""Sign-in, sign-out, and the page for users without a membership."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from studio.models import Session, User
from tests.conftest import SignIn
from tests.factories import PASSWORD
from tests.pages import LIST, html_of, words_on

SIGN_IN = reverse("login")
SIGN_OUT = reverse("logout")


def sign_in(browser: Client, **typed: str) -> HttpResponseBase:
    return browser.post(SIGN_IN, {"username": "mia", "password": PASSWORD, "next": ""} | typed)


def test_signing_in_shows_the_desk(mia: User) -> None:
    browser = Client()

    assert sign_in(browser)["Location"] == reverse("home")
    page = browser.get(reverse("home"), follow=True)
    assert page.request["PATH_INFO"] == LIST
    assert "At the desk: Mia" in words_on(page)
    assert "Northside Pilates" in words_on(page)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param({"password": "wrong"}, id="wrong password"),
        pytest.param({"password": PASSWORD.upper()}, id="password in capitals"),
        pytest.param({"password": ""}, id="no password"),
        pytest.param({"username": "nemo"}, id="unknown name"),
        pytest.param({"username": "MIA"}, id="name in capitals"),
        pytest.param({"username": ""}, id="no name"),
        pytest.param({"username": "mia\0"}, id="the unusual character"),
        pytest.param({"username": "m" * 1000}, id="too long a name"),
    ],
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_message(
    mia: User, typed: dict[str, str]
) -> None:
    browser = Client()

    page = sign_in(browser, **typed)

    assert page.status_code == 200
    assert "The username or the password is not right. Both are case-sensitive." in words_on(page)
    assert browser.get(LIST).status_code == 302


def test_a_failed_sign_in_keeps_the_name_but_not_the_password(mia: User) -> None:
    html = html_of(sign_in(Client(), username='"mia"', password="wr0ng-passw0rd"))

    assert 'name="username" value="&quot;mia&quot;"' in html
    assert "wr0ng-passw0rd" not in html


def test_a_null_character_in_the_name_is_shown_as_the_replacement_character(mia: User) -> None:
    assert 'name="username" value="mia�"' in html_of(sign_in(Client(), username="mia\0"))


def test_an_inactive_user_cannot_sign_in(mia: User) -> None:
    browser = Client()
    sign_in(browser)
    User.objects.filter(pk=mia.pk).update(is_active=False)

    assert browser.get(LIST).status_code == 302, "the open session ends too"
    assert "is not right" in words_on(sign_in(Client()))


def test_signing_in_redirects_to_the_requested_page(mia: User) -> None:
    browser = Client()
    url = f"{LIST}?q=jos%C3%A9+%26+ana&state=active"

    to_sign_in = urlsplit(browser.get(url)["Location"])
    (next_url,) = parse_qs(to_sign_in.query)["next"]
    page = browser.get(to_sign_in.geturl())

    assert (to_sign_in.path, next_url) == (SIGN_IN, url)
    assert f'name="next" value="{url.replace("&", "&amp;")}"' in html_of(page)
    wrong = sign_in(browser, next=next_url, password="wrong")
    assert f'name="next" value="{url.replace("&", "&amp;")}"' in html_of(wrong)
    assert sign_in(browser, next=next_url)["Location"] == url


OTHER_SITES = pytest.mark.parametrize(
    "other_site",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://testserver.evil.example/",
    ],
)


@OTHER_SITES
def test_signing_in_never_redirects_to_another_site(mia: User, other_site: str) -> None:
    page = Client().get(SIGN_IN, {"next": other_site})

    assert "evil" not in html_of(page)
    assert "alert" not in html_of(page)
    assert sign_in(Client(), next=other_site)["Location"] == reverse("home")


@OTHER_SITES
def test_a_signed_in_user_is_never_redirected_to_another_site(
    desk: Client, other_site: str
) -> None:
    assert desk.get(SIGN_IN, {"next": other_site})["Location"] == reverse("home")
    assert desk.get(SIGN_IN, {"next": LIST})["Location"] == LIST


def test_signing_out_deletes_the_session(mia: User) -> None:
    browser = Client()
    sign_in(browser)
    stolen = Client()
    stolen.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert stolen.get(LIST).status_code == 200

    response = browser.post(SIGN_OUT)

    assert (response.status_code, response["Location"]) == (302, SIGN_IN)
    assert response.cookies["sessionid"].value == ""
    assert "no-store" in response["Cache-Control"]
    assert not Session.objects.exists()
    assert browser.get(LIST).status_code == 302
    assert stolen.get(LIST).status_code == 302


def test_a_signed_in_person_with_the_sign_in_page_as_the_next_page_goes_to_the_desk(
    desk: Client,
) -> None:
    assert desk.get(SIGN_IN, {"next": SIGN_IN})["Location"] == reverse("home")


@pytest.mark.parametrize("url", [SIGN_OUT, reverse("admin:logout")])
def test_signing_out_deletes_what_the_browser_has_stored(desk: Client, url: str) -> None:
    assert desk.post(url)["Clear-Site-Data"] == '"cache", "storage"'


def test_a_get_does_not_sign_out(desk: Client) -> None:
    answer = desk.get(SIGN_OUT)
    assert answer.status_code == 405
    assert "Clear-Site-Data" not in answer, "an image on another site could delete what was typed"
    assert desk.get(LIST).status_code == 200


def test_another_site_cannot_sign_out(mia: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mia)

    assert browser.post(SIGN_OUT).status_code == 403
    assert browser.get(LIST).status_code == 200


def test_signing_out_twice_redirects_to_a_working_sign_in(mia: User) -> None:
    """The next URL must not be the sign-out, which accepts only POST."""
    browser = Client()

    to_sign_in = urlsplit(browser.post(SIGN_OUT)["Location"])

    assert to_sign_in.path == SIGN_IN
    (next_url,) = parse_qs(to_sign_in.query)["next"]
    sign_in(browser, next=next_url)
    assert browser.get(next_url, follow=True).status_code == 200


def test_a_user_without_membership_is_referred_to_an_owner(nora: User) -> None:
    browser = Client()
    sign_in(browser, username="nora")

    page = browser.get(LIST)

    assert page.status_code == 403
    assert "Welcome, Nora. The account nora does not belong to a studio." in words_on(page)
    assert "An owner can invite you" in words_on(page)
    assert "Sign out" in words_on(page)
    assert browser.post(SIGN_OUT)["Location"] == SIGN_IN


def test_a_removed_member_loses_access_at_the_next_request(mia: User, signed_in: SignIn) -> None:
    browser = signed_in(mia)
    assert browser.get(LIST).status_code == 200

    mia.membership.delete()

    assert browser.get(LIST).status_code == 403
