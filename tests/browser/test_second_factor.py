"""A passkey in Chromium, with a virtual authenticator, by the keyboard alone."""

import re

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Passkey, User
from tests.browser.conftest import Window
from tests.browser.test_accessibility import assert_no_violations
from tests.factories import PASSWORD

# A device that verifies the person by itself, like a phone that has seen the right finger.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def add_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def type_password(page: Page) -> None:
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("mia")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def test_a_passkey_is_added_and_signs_in_by_the_keyboard(
    window: Window, live_server: LiveServer, mia: User
) -> None:
    # Passkeys need a host name.
    site = live_server.url.replace("127.0.0.1", "localhost")
    page = window().new_page()
    add_authenticator(page)
    page.goto(f"{site}/accounts/second-factor/passkey/")
    type_password(page)

    expect(page.get_by_label("Your password")).to_be_focused()
    assert_no_violations(page)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type("My phone")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(10)
    assert_no_violations(page)
    page.context.clear_cookies()
    page.goto(f"{site}/purchases/")
    type_password(page)
    expect(page.get_by_role("button", name="Use a passkey")).to_be_focused()
    assert_no_violations(page)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/purchases/$"))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert Passkey.objects.get(user=mia).sign_count > 0


def test_the_page_says_if_the_browser_has_no_passkey(
    window: Window, live_server: LiveServer, mia: User
) -> None:
    site = live_server.url.replace("127.0.0.1", "localhost")
    page = window().new_page()
    page.goto(f"{site}/accounts/second-factor/passkey/")
    type_password(page)
    expect(page.get_by_label("Your password")).to_be_focused()
    # As if the person cancelled.
    page.evaluate(
        """() => {
            const cancelled = new DOMException("", "AbortError");
            navigator.credentials.create = () => Promise.reject(cancelled);
        }"""
    )
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Name of the passkey").fill("My phone")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("The browser has no passkey for this page.")
    assert not Passkey.objects.exists()
