"""The page "Where you are signed in" in a browser."""

from playwright.sync_api import expect

from studio.models import User
from tests.browser.conftest import PHONE, SignIn, Window
from tests.browser.test_accessibility import assert_no_violations


def test_a_person_ends_the_session_of_another_browser(
    window: Window, sign_in: SignIn, mia: User
) -> None:
    other = sign_in(window(**PHONE), mia)
    other.goto("/desk/pin/")
    page = sign_in(window(), mia)
    page.goto("/desk/pin/")
    page.get_by_role("link", name="Where you are signed in").click()
    expect(page.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("listitem").first).to_contain_text("this browser")
    assert_no_violations(page)

    page.get_by_role("button", name="Sign out there").click()

    expect(page.locator("#note")).to_contain_text("1 session ended.")
    expect(page.get_by_role("listitem")).to_have_count(1)
    other.goto("/purchases/")
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
