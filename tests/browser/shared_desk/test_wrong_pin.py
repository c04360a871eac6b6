"""A wrong code is told at once, and is one try."""

import pytest
from playwright.sync_api import Route, expect

from studio.accounts import pins
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.shared_desk.computer import is_at_the_desk
from tests.browser.test_accessibility import assert_nothing_to_mend
from tests.shared_desk.people import PIN, WRONG


def test_a_wrong_code_is_told_and_typed_again_at_once(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.type(f".n{WRONG}")
    expect(page.get_by_role("alert")).to_have_text("That is not Noah’s PIN. 4 tries left.")
    expect(page.get_by_label("PIN", exact=True)).to_be_focused()
    assert_nothing_to_mend(page)
    page.keyboard.type(PIN)
    is_at_the_desk(page, "Noah")


def test_after_five_the_person_is_locked_out_and_not_the_desk(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.type(f".n{WRONG}")
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        expect(page.get_by_role("alert")).to_contain_text(f"{left} left")
        page.keyboard.type(WRONG)
    expect(page.get_by_role("alert")).to_contain_text("Noah is locked out until")
    expect(page.get_by_role("radio", name="Noah")).to_be_disabled()
    assert_nothing_to_mend(page)
    page.keyboard.type(f"m{PIN}")
    is_at_the_desk(page, "Mia")


def test_one_code_is_one_try_however_it_is_sent(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    for options in ({}, {"java_script_enabled": False}):
        page = sign_in(window(**options), mia)
        page.goto("/desk/")
        page.get_by_label("Noah").check(force=True)
        page.get_by_label("PIN", exact=True).focus()
        page.keyboard.type(WRONG)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        noah.membership.refresh_from_db()
        assert pins.tries_left(noah.membership) == 4
        pins.lift_lockout(noah.membership)


@pytest.mark.parametrize("place", ["page", "dialog"])
def test_a_pin_form_that_waits_for_its_answer_is_not_sent_again(
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
