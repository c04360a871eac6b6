"""The settings of a deployment over HTTPS, read again from the settings file."""

import runpy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studio.models import User
from studio.security_headers import HEADERS, NOTHING_ALLOWED
from tests.factories import PASSWORD
from tests.pages import LIST
from tests.processes import NO_DATABASE, ROOT, UNSET, manage

SIGN_IN = reverse("login")
KEY = "a-secret-key-for-this-test-alone-0123456789-abcdefghij"


def read_settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    """Run the settings file with these environment variables."""
    for name, value in (UNSET | {"SECRET_KEY": KEY} | environment).items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "studio" / "settings.py"))


def serve_with(settings: Settings, values: dict[str, Any]) -> None:
    """Apply the values for cookies and HTTPS."""
    for name, value in values.items():
        if name.startswith(
            ("SESSION_COOKIE_", "CSRF_COOKIE_", "DESK_COOKIE_", "BROWSER_COOKIE_", "SECURE_")
        ):
            setattr(settings, name, value)


@pytest.fixture
def over_https(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply the default settings, in which HTTPS is on."""
    serve_with(settings, read_settings(monkeypatch))


@pytest.mark.usefixtures("over_https")
def test_cookies_are_secure_and_bound_to_this_host(mia: User) -> None:
    browser = Client()
    browser.get(SIGN_IN, secure=True)
    browser.post(SIGN_IN, {"username": "mia", "password": PASSWORD}, secure=True)

    assert browser.get(LIST, secure=True).status_code == 200
    assert set(browser.cookies) == {
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Host-desk",
        "__Host-browser",
    }
    for cookie in browser.cookies.values():
        assert (cookie["secure"], cookie["httponly"]) == (True, True)
        assert (cookie["path"], cookie["domain"]) == ("/", ""), "required by the prefix __Host-"
        assert cookie["samesite"] == "Lax"


@pytest.mark.usefixtures("over_https")
def test_signing_out_deletes_the_session_cookie(mia: User) -> None:
    browser = Client()
    browser.force_login(mia)

    cookie = browser.post(reverse("logout"), secure=True).cookies["__Host-sessionid"]

    assert (cookie.value, cookie["max-age"]) == ("", 0)
    assert cookie["secure"], "without it a browser ignores changes of a __Host- cookie"


@pytest.mark.usefixtures("over_https")
def test_http_redirects_to_https(db: None) -> None:
    response = Client().get(f"{LIST}?q=ana")

    assert response.status_code == 301
    assert response["Location"] == f"https://testserver{LIST}?q=ana"
    assert response["Cache-Control"] == "no-store, private"
    assert response["Content-Security-Policy"] == NOTHING_ALLOWED
    for name, value in HEADERS.items():
        assert response[name] == value


@pytest.mark.usefixtures("over_https")
def test_healthz_is_available_over_http(db: None) -> None:
    assert Client().get(reverse("healthz")).status_code == 200


@pytest.mark.usefixtures("over_https")
def test_pages_send_an_hsts_header(db: None) -> None:
    header = Client().get(SIGN_IN, secure=True)["Strict-Transport-Security"]

    assert header == "max-age=31536000"


@pytest.mark.parametrize(
    ("wish", "header"),
    [
        ({"HSTS_INCLUDE_SUBDOMAINS": "True"}, "max-age=31536000; includeSubDomains"),
        ({"HSTS_PRELOAD": "True"}, "max-age=31536000; includeSubDomains; preload"),
    ],
)
def test_subdomains_and_preloading_are_in_the_hsts_header_if_a_setting_asks_for_them(
    db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    wish: dict[str, str],
    header: str,
) -> None:
    serve_with(settings, read_settings(monkeypatch, **wish))

    assert Client().get(SIGN_IN, secure=True)["Strict-Transport-Security"] == header


@pytest.mark.parametrize(("behind_proxy", "status"), [("True", 200), ("False", 301)])
def test_the_header_x_forwarded_proto_is_trusted_only_behind_a_proxy(
    db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    behind_proxy: str,
    status: int,
) -> None:
    serve_with(settings, read_settings(monkeypatch, BEHIND_PROXY=behind_proxy))

    assert Client().get(SIGN_IN, headers={"X-Forwarded-Proto": "https"}).status_code == status


def test_make_run_serves_http_on_loopback(
    mia: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser would not send Secure cookies to http://127.0.0.1."""
    serve_with(settings, read_settings(monkeypatch, HTTPS="False"))
    browser = Client()
    browser.get(SIGN_IN)
    browser.post(SIGN_IN, {"username": "mia", "password": PASSWORD})

    assert set(browser.cookies) == {"sessionid", "csrftoken", "desk", "browser"}
    assert not any(cookie["secure"] for cookie in browser.cookies.values())
    assert "Strict-Transport-Security" not in browser.get(LIST).headers


def test_the_deployment_check_has_no_warning() -> None:
    check = manage(
        "check",
        "--deploy",
        "--fail-level=WARNING",
        SECRET_KEY=KEY,
        HTTPS="True",
        ALLOWED_HOSTS="desk.example.com",
        DATABASE_URL=NO_DATABASE,
    )

    assert (check.returncode, check.stderr) == (0, "")
    assert check.stdout == "System check identified no issues (2 silenced).\n"


def test_the_deployment_check_warns_without_https() -> None:
    """The negative control of the test above."""
    check = manage("check", "--deploy", "--fail-level=WARNING", SECRET_KEY=KEY, HTTPS="False")

    assert check.returncode == 1
    assert "security.W016" in check.stderr


def test_email_settings_come_from_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "smtp+tls://desk:p%40ss@mail.example.com:587"
    values = read_settings(monkeypatch, EMAIL_URL=url, EMAIL_FROM="Studio <desk@example.com>")

    assert values["SENDS_EMAIL"] is True
    assert (values["EMAIL_HOST"], values["EMAIL_PORT"]) == ("mail.example.com", 587)
    assert (values["EMAIL_HOST_USER"], values["EMAIL_HOST_PASSWORD"]) == ("desk", "p@ss")
    assert values["EMAIL_USE_TLS"] is True
    assert values["DEFAULT_FROM_EMAIL"] == "Studio <desk@example.com>"
    assert values["EMAIL_TIMEOUT"] == 10
    assert read_settings(monkeypatch)["SENDS_EMAIL"] is False
