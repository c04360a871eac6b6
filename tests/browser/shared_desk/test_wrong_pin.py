"""A wrong PIN is reported at once and counts as one try."""

import pytest
from playwright.sync_api import Route, expect

from studio.accounts import rate_limit
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.shared_desk.expectations import expect_acting_member
from tests.browser.test_accessibility import assert_no_violations
from tests.shared_desk.people import PIN, WRONG


def test_wrong_pin_is_reported_and_can_be_retyped(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.type(f".n{WRONG}")
    expect(page.get_by_role("alert")).to_have_text("That is not Noah’s PIN. 4 tries left.")
    expect(page.get_by_label("PIN", exact=True)).to_be_focused()
    assert_no_violations(page)
    page.keyboard.type(PIN)
    expect_acting_member(page, "Noah")


def test_five_wrong_pins_lock_out_the_member_not_the_desk(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.type(f".n{WRONG}")
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        expect(page.get_by_role("alert")).to_contain_text(f"{left} left")
        page.keyboard.type(WRONG)
    expect(page.get_by_role("alert")).to_contain_text("Too many wrong tries: Noah can try again")
    assert_no_violations(page)
    page.keyboard.type(f"m{PIN}")
    expect_acting_member(page, "Mia")


def test_one_pin_counts_as_one_try(window: Window, sign_in: SignIn, mia: User, noah: User) -> None:
    for options in ({}, {"java_script_enabled": False}):
        page = sign_in(window(**options), mia)
        page.goto("/desk/")
        page.get_by_label("Noah").check(force=True)
        page.get_by_label("PIN", exact=True).focus()
        page.keyboard.type(WRONG)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        assert rate_limit.take_wrong_tries("noah").count == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("place", ["page", "dialog"])
def test_pending_pin_form_is_not_sent_again(
    window: Window, sign_in: SignIn, mia: User, noah: User, place: str
) -> None:
    """The last digit sends the form. Enter comes before the answer, and sends nothing."""
    page = sign_in(window(), mia)
    if place == "page":
        page.goto("/desk/")
    else:
        page.locator(".top .who a").click()
    page.get_by_label("Noah").check(force=True)
    page.get_by_label("PIN", exact=True).focus()
    sent: list[Route] = []
    page.route("**/desk/", lambda route: sent.append(route))

    page.keyboard.type(WRONG)
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)

    assert [route.request.method for route in sent] == ["POST"]
    sent[0].continue_()
    expect(page.get_by_role("alert")).to_contain_text("4 tries left")
