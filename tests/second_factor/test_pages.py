"""The page “Second factor”: a person adds and removes factors, each time with the password."""

import re

import pyotp
import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.accounts.second_factor import totp
from studio.accounts.second_factor.encryption import decrypt
from studio.models import Passkey, RecoveryCode, Session, Totp, User
from tests.conftest import SignIn
from tests.factories import PASSWORD
from tests.pages import html_of, words_on
from tests.second_factor.device import Device
from tests.second_factor.people import (
    ADD_APP,
    ADD_PASSKEY,
    NEW_CODES,
    OWN,
    code,
    give_app,
    give_codes,
    give_passkey,
    has_app,
    is_signed_in,
    password_typed,
    require,
    send_code,
    wrong_code,
)
from tests.security_log.log import events
from tests.shared_desk.people import give_pin, take_over

REMOVE_APP = reverse("second_factor:remove_app")
CODE = re.compile(r"<code>([0-9a-z-]{29})</code>")


def secret_on(response: HttpResponseBase) -> str:
    return secret_in(html_of(response))


def secret_in(html: str) -> str:
    found = re.search(r'<code translate="no">([A-Z2-7 ]+)</code>', html)
    assert found
    return found[1].replace(" ", "")


def add_app(browser: Client, **fields: str) -> HttpResponseBase:
    secret = secret_on(browser.get(ADD_APP))
    return browser.post(ADD_APP, {"password": PASSWORD, "code": code(secret)} | fields)


def test_a_person_adds_an_app_and_gets_ten_recovery_codes_once(mia: User, desk: Client) -> None:
    assert "You have no second factor yet." in words_on(desk.get(OWN))
    secret = secret_on(desk.get(ADD_APP))

    response = desk.post(ADD_APP, {"password": PASSWORD, "code": code(secret)})

    codes = CODE.findall(html_of(response))
    assert len({*codes}) == 10
    assert response["Cache-Control"] == "no-store, private"
    words = words_on(desk.get(OWN))
    assert "Authenticator app" in words
    assert "10 codes left." in words
    assert not CODE.search(html_of(desk.get(OWN)))
    browser = password_typed(mia)
    send_code(browser, codes[3])
    assert is_signed_in(browser)


def test_the_code_that_proved_the_app_does_not_sign_in(mia: User, desk: Client) -> None:
    add_app(desk)
    browser = password_typed(mia)
    send_code(browser, code(decrypted(mia)))
    assert not is_signed_in(browser)


def decrypted(user: User) -> str:
    return decrypt(Totp.objects.get(user=user).secret) or ""


def test_the_qr_code_is_svg_that_the_policy_allows_and_has_the_secret(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[str] = []
    draw = totp.qr_code

    def note_and_draw(url: str, title: str) -> str:
        urls.append(url)
        return draw(url, title)

    monkeypatch.setattr(totp, "qr_code", note_and_draw)
    html = html_of(desk.get(ADD_APP))
    svg = html[html.index("<svg") : html.index("</svg>")]
    assert "style=" not in svg
    assert "<script" not in svg
    assert "<title>The secret as a QR code</title>" in svg
    app = pyotp.parse_uri(urls[0])
    assert (app.secret, app.name, app.issuer) == (secret_in(html), "mia", "Northside Pilates")


def test_a_long_name_of_the_studio_fits_into_the_qr_code(
    mia: User, northside: Org, desk: Client
) -> None:
    Org.objects.filter(pk=northside.pk).update(name="スタジオ" * 100)
    User.objects.filter(pk=mia.pk).update(username="ス" * 150)
    assert desk.get(ADD_APP).status_code == 200


def test_the_secret_of_the_page_is_not_readable_in_the_session(desk: Client) -> None:
    secret = secret_on(desk.get(ADD_APP))
    assert secret_on(desk.get(ADD_APP)) == secret
    data = desk.session.load()
    assert data["new_totp"]
    assert secret not in str(data)
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"password": "wrong"}, "That is not the password."),
        ({"password": ""}, "Type your password."),
        ({"code": ""}, "Type the code."),
        ({"code": "12345"}, "That code is not right. Type the newest code"),
    ],
)
def test_an_app_needs_the_password_and_a_right_code(
    mia: User, desk: Client, fields: dict[str, str], problem: str
) -> None:
    assert problem in words_on(add_app(desk, **fields))
    assert not has_app(mia)


def test_the_secret_that_a_colleague_has_seen_is_not_shown_in_the_same_browser(
    mia: User, olivia: User
) -> None:
    """Otherwise the colleague would know the codes of the next person who adds an app."""
    require(mia)
    browser = password_typed(mia)
    seen = secret_on(browser.get(ADD_APP))
    password_typed(olivia, browser)
    assert is_signed_in(browser)

    assert secret_on(browser.get(ADD_APP)) != seen


def test_a_wrong_code_keeps_the_secret_of_the_page(mia: User, desk: Client) -> None:
    secret = secret_on(desk.get(ADD_APP))
    refused = desk.post(ADD_APP, {"password": PASSWORD, "code": wrong_code(secret)})
    assert secret_on(refused) == secret


def test_wrong_passwords_are_counted(mia: User, desk: Client) -> None:
    give_app(mia)
    for _ in range(5):
        desk.post(REMOVE_APP, {"password": "wrong"})
    refused = words_on(desk.post(REMOVE_APP, {"password": PASSWORD}))
    assert "There were too many wrong tries." in refused
    assert has_app(mia)


def test_removing_needs_the_password(mia: User, desk: Client) -> None:
    give_app(mia)
    assert "Authenticator app" in words_on(desk.get(REMOVE_APP))
    for typed in ({}, {"password": ""}, {"password": "wrong"}):
        assert desk.post(REMOVE_APP, typed).status_code == 200
        assert has_app(mia)

    assert desk.post(REMOVE_APP, {"password": PASSWORD})["Location"] == OWN
    assert not has_app(mia)
    assert is_signed_in(password_typed(mia))


def test_recovery_codes_go_with_the_last_factor(mia: User, desk: Client) -> None:
    give_app(mia)
    give_codes(mia)
    give_passkey(mia, desk)
    passkey = Passkey.objects.get()
    desk.post(REMOVE_APP, {"password": PASSWORD})
    assert RecoveryCode.objects.count() == 10
    desk.post(remove_url(passkey), {"password": PASSWORD})
    assert not Passkey.objects.exists()
    assert not RecoveryCode.objects.exists()


def remove_url(passkey: Passkey) -> str:
    return reverse("second_factor:remove_passkey", args=[passkey.pk])


def test_the_passkey_of_a_colleague_is_404(mia: User, olivia: User, signed_in: SignIn) -> None:
    give_passkey(olivia, signed_in(olivia), Device())
    passkey = Passkey.objects.get()
    browser = signed_in(mia)
    for url in (remove_url(passkey), reverse("second_factor:remove_passkey", args=[10**30])):
        assert browser.get(url).status_code == 404
        assert browser.post(url, {"password": PASSWORD}).status_code == 404
    assert Passkey.objects.exists()


def test_new_codes_replace_the_former_ones(mia: User, desk: Client) -> None:
    assert desk.get(NEW_CODES)["Location"] == OWN
    give_app(mia)
    (former, *_) = give_codes(mia)
    assert not CODE.search(html_of(desk.post(NEW_CODES, {"password": "wrong"})))

    codes = CODE.findall(html_of(desk.post(NEW_CODES, {"password": PASSWORD})))

    assert len({*codes}) == 10
    browser = password_typed(mia)
    send_code(browser, former)
    assert not is_signed_in(browser)
    send_code(browser, codes[0])
    assert is_signed_in(browser)


def test_a_second_app_is_not_offered(mia: User, desk: Client) -> None:
    give_app(mia)
    assert desk.get(ADD_APP)["Location"] == OWN
    assert desk.post(ADD_APP, {"password": PASSWORD, "code": code()})["Location"] == OWN


@pytest.mark.parametrize("has_factor", [True, False])
def test_a_pin_does_not_open_the_pages(
    mia: User, olivia: User, desk: Client, has_factor: bool
) -> None:
    for user in (mia, olivia):
        give_pin(user)
        if has_factor:
            give_app(user)
    needed = "second factor" if has_factor else "password"
    for user in (olivia, mia):
        take_over(desk, user)
        for page in (OWN, ADD_APP, ADD_PASSKEY, NEW_CODES, REMOVE_APP):
            for answer in (desk.get(page), desk.post(page, {"password": PASSWORD})):
                assert answer.status_code == 403
                assert f"This page asks for the {needed}." in words_on(answer)
    assert {event.kind for event in events()} == {"took_over", "not_allowed"}
    take_over(desk, mia, PASSWORD)
    assert desk.get(OWN).status_code == (403 if has_factor else 200)


def test_a_superuser_without_a_studio_has_the_pages(nora: User, signed_in: SignIn) -> None:
    nora.is_superuser = True
    nora.save()
    add_app(signed_in(nora))
    browser = password_typed(nora)
    assert browser.get(OWN)["Location"].startswith(reverse("login"))


def test_the_pages_are_linked_from_the_sessions_the_pin_and_the_admin(desk: Client) -> None:
    for page in (reverse("own_sessions"), reverse("own_pin"), reverse("admin:index")):
        assert f'href="{OWN}"' in html_of(desk.get(page)), page


def test_the_pages_are_spanish_for_a_spanish_studio(mia: User, desk: Client) -> None:
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    give_app(mia)
    give_codes(mia)
    words = words_on(desk.get(OWN))
    assert "Segundo factor" in words
    assert "Quedan 10 códigos." in words
    words = words_on(desk.post(REMOVE_APP, {"password": "wrong"}))
    assert "Esa no es la contraseña." in words
