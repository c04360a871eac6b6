"""Switch members on a phone and without JavaScript. Also: sticky names and accessibility."""

import re

import pytest
from playwright.sync_api import expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.shared_desk.expectations import expect_acting_member, expect_locked
from tests.browser.test_accessibility import PHONE, assert_no_violations
from tests.factories import PASSWORD, make_client, make_purchase
from tests.shared_desk.people import PIN


def test_row_of_another_member_changes_nothing(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    """Without JavaScript, the other window does not notice the switch."""
    context = window(java_script_enabled=False)
    page = sign_in(context, mia)
    other = context.new_page()
    other.goto("/desk/")
    other.get_by_label("Noah").check(force=True)
    other.get_by_label("PIN", exact=True).fill(PIN)
    other.keyboard.press("Enter")
    expect_acting_member(other, "Noah")

    expect_acting_member(page, "Mia")
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note")).to_contain_text("Nothing was changed: Noah is at the desk now.")
    expect_acting_member(page, "Noah")
    pack.refresh_from_db()
    assert pack.sessions_used == 3


def test_member_switches_on_a_page_without_javascript(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    page = sign_in(window(java_script_enabled=False), mia)
    page.goto(f"/clients/{pack.client_id}/")
    page.get_by_role("link", name="At the desk: Mia").click()
    page.locator(".persons label", has_text="Noah").click()
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Continue").first.click()
    expect_acting_member(page, "Noah")
    expect(page).to_have_url(re.compile(f"/clients/{pack.client_id}/$"))
    page.get_by_role("link", name="At the desk: Noah").click()
    page.get_by_role("button", name="Lock the desk").click()
    expect_locked(page)
    page.get_by_text("Mia: use the password").click()
    page.get_by_label("Password of Mia").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect_acting_member(page, "Mia")


def test_member_switches_on_a_phone(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    page = sign_in(window(viewport=PHONE, has_touch=True, is_mobile=True), mia)
    name = page.locator(".top .who a")
    expect(name).to_have_text("Mia", use_inner_text=True)
    name.tap()
    pin = page.get_by_label("PIN", exact=True)
    expect(pin).to_have_attribute("inputmode", "numeric")
    expect(pin).to_have_attribute("autocomplete", "off")
    assert pin.get_attribute("type") is None, "browsers do not offer to save it"
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    heights = "[...document.querySelectorAll('.persons label')].map(b => b.offsetHeight)"
    assert min(page.evaluate(heights)) >= 44
    assert_no_violations(page)
    page.locator(".persons label", has_text="Noah").tap()
    expect(pin).to_be_focused()
    page.keyboard.type(PIN)
    expect_acting_member(page, "Noah")
    expect(page.get_by_text("Noah is at the desk")).to_be_visible()


def test_acting_member_stays_visible_while_scrolling(
    window: Window, sign_in: SignIn, mia: User, noah: User, northside: Org
) -> None:
    client = make_client(org=northside)
    for _ in range(30):
        make_purchase(org=northside, client=client)
    page = sign_in(window(), mia)
    for path, name in [("/purchases/", ".acting"), (f"/clients/{client.pk}/", ".top .who a")]:
        page.goto(path)
        page.locator(".desk tbody tr").last.scroll_into_view_if_needed()
        page.mouse.wheel(0, 10_000)
        expect(page.locator(name)).to_be_in_viewport()


@pytest.mark.parametrize("path", ["/desk/", "/desk/pin/"])
def test_no_accessibility_violations(
    window: Window, sign_in: SignIn, mia: User, noah: User, path: str
) -> None:
    for scheme in ("light", "dark"):
        page = sign_in(window(color_scheme=scheme), mia)
        page.goto(path)
        assert_no_violations(page)
