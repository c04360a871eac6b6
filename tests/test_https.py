"""The site as a deployment has it, over HTTPS: the settings file is run anew with HTTPS=True."""

import runpy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studio.models import User
from tests.factories import PASSWORD
from tests.pages import LIST
from tests.processes import NO_DATABASE, ROOT, UNSET, manage

SIGN_IN = reverse("login")
KEY = "a-secret-key-for-this-test-alone-0123456789-abcdefghij"


def read_settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    for name, value in (UNSET | {"SECRET_KEY": KEY} | environment).items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "studio" / "settings.py"))


def serve_with(settings: Settings, read: dict[str, Any]) -> None:
    for name, value in read.items():
        if name.startswith(("SESSION_COOKIE_", "CSRF_COOKIE_", "DESK_COOKIE_", "SECURE_")):
            setattr(settings, name, value)


@pytest.fixture
def over_https(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTPS is on where nothing else is said."""
    serve_with(settings, read_settings(monkeypatch))


@pytest.mark.usefixtures("over_https")
def test_cookies_are_for_this_host_over_https_alone(mia: User) -> None:
    browser = Client()
    browser.get(SIGN_IN, secure=True)
    browser.post(SIGN_IN, {"username": "mia", "password": PASSWORD}, secure=True)

    assert browser.get(LIST, secure=True).status_code == 200
    assert set(browser.cookies) == {"__Host-sessionid", "__Host-csrftoken", "__Host-desk"}
    for cookie in browser.cookies.values():
        assert (cookie["secure"], cookie["httponly"]) == (True, True)
        assert (cookie["path"], cookie["domain"]) == ("/", ""), "as __Host- asks for"
        assert cookie["samesite"] == "Lax"


@pytest.mark.usefixtures("over_https")
def test_signing_out_takes_the_session_cookie_back(mia: User) -> None:
    browser = Client()
    browser.force_login(mia)

    cookie = browser.post(reverse("logout"), secure=True).cookies["__Host-sessionid"]

    assert (cookie.value, cookie["max-age"]) == ("", 0)
    assert cookie["secure"], "without it a browser ignores what a __Host- cookie is told"


@pytest.mark.usefixtures("over_https")
def test_http_leads_to_https(db: None) -> None:
    response = Client().get(f"{LIST}?q=ana")

    assert response.status_code == 301
    assert response["Location"] == f"https://testserver{LIST}?q=ana"


@pytest.mark.usefixtures("over_https")
def test_a_load_balancer_may_ask_for_health_over_http(db: None) -> None:
    assert Client().get(reverse("healthz")).status_code == 200


@pytest.mark.usefixtures("over_https")
def test_browsers_remember_that_it_is_https(db: None) -> None:
    header = Client().get(SIGN_IN, secure=True)["Strict-Transport-Security"]

    assert header == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize(("behind_proxy", "status"), [("True", 200), ("False", 301)])
def test_only_behind_a_proxy_is_its_header_believed(
    db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    behind_proxy: str,
    status: int,
) -> None:
    serve_with(settings, read_settings(monkeypatch, BEHIND_PROXY=behind_proxy))

    assert Client().get(SIGN_IN, headers={"X-Forwarded-Proto": "https"}).status_code == status


def test_make_runs_site_on_loopback_does_without(
    mia: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser would not send Secure cookies to http://127.0.0.1."""
    serve_with(settings, read_settings(monkeypatch, HTTPS="False"))
    browser = Client()
    browser.get(SIGN_IN)
    browser.post(SIGN_IN, {"username": "mia", "password": PASSWORD})

    assert set(browser.cookies) == {"sessionid", "csrftoken", "desk"}
    assert not any(cookie["secure"] for cookie in browser.cookies.values())
    assert "Strict-Transport-Security" not in browser.get(LIST).headers


def test_the_deployment_check_has_nothing_to_say() -> None:
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
    assert check.stdout == "System check identified no issues (0 silenced).\n"


def test_the_deployment_check_would_speak() -> None:
    """The negative control: without HTTPS it warns."""
    check = manage("check", "--deploy", "--fail-level=WARNING", SECRET_KEY=KEY, HTTPS="False")

    assert check.returncode == 1
    assert "security.W011" in check.stderr
