"""Switch members by keyboard: a full stop, a letter, a PIN."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, expect

from purchases.models import Purchase, SessionRequest
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.shared_desk.expectations import KEYS, expect_acting_member


def expect_dialog(page: Page) -> None:
    expect(page.get_by_role("dialog").get_by_label("PIN")).to_be_visible()


def test_six_keys_switch_the_member_and_clear_the_search(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    expect_acting_member(page, "Mia")
    page.get_by_role("link", name="Active", exact=True).click()
    page.get_by_label("Find a client").fill("quil")
    expect(page).to_have_url(re.compile(r"q=quil"))
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")

    assert len(KEYS) == 6
    for key in KEYS:
        page.keyboard.press(key)

    expect_acting_member(page, "Noah")
    expect(page.get_by_text("Noah is at the desk")).to_be_visible()
    parts = urlsplit(page.url)
    assert (parts.path, parts.query) == ("/purchases/", "state=active"), "the filter stays"
    expect(page.get_by_label("Find a client")).to_have_value("")
    page.locator(f"#purchase-{pack.pk} .use button").click()
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "3")
    requests = SessionRequest.objects.order_by("asked_at").values_list("operation", "actor")
    assert [*requests] == [("reinstate", mia.pk), ("use", noah.pk)]


def test_keys_typed_before_the_dialog_loads_are_kept(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    pending: list[Route] = []
    page.route("**/desk/?next=*", lambda route: pending.append(route))
    page.keyboard.type("".join(KEYS))
    while not pending:
        page.wait_for_timeout(20)
    (route,) = pending
    route.continue_()
    expect_acting_member(page, "Noah")


def test_full_stop_in_a_text_field_opens_no_dialog(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    page.get_by_label("Find a client").focus()
    page.keyboard.type("st. john")
    expect(page.get_by_label("Find a client")).to_have_value("st. john")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Find a client").fill("")
    page.keyboard.press(".")
    expect_dialog(page)


def test_key_is_listed_and_can_be_switched_off(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.press("?")
    expect(page.get_by_text("Twice: lock the desk.")).to_be_visible()
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".top .who a").click()
    expect_dialog(page)


def test_missing_response_is_reported(
    window: Window, sign_in: SignIn, mia: User, noah: User, console: list[str]
) -> None:
    context = window()
    page = sign_in(context, mia)
    context.set_offline(True)
    page.keyboard.press(".")
    expect(page.locator("#note")).to_contain_text("No answer from the server.")
    expect(page.get_by_role("dialog")).to_have_count(0)
    console.clear()
