"""Signing out in a browser."""

from playwright.sync_api import expect

from studio.models import User
from tests.browser.conftest import SignIn, Window


def test_signing_out_deletes_the_local_storage(window: Window, sign_in: SignIn, mia: User) -> None:
    page = sign_in(window(), mia)
    page.evaluate("localStorage.setItem('single-keys', 'off')")
    assert page.evaluate("localStorage.length") >= 1

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
