"""Two people at one computer, by keyboard: a full stop, a letter, a code."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, expect

from purchases.models import Purchase, SessionRequest
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.shared_desk.computer import KEYS, is_at_the_desk


def dialog(page: Page) -> None:
    expect(page.get_by_role("dialog").get_by_label("PIN")).to_be_visible()


def test_six_keys_change_who_acts_and_the_search_is_forgotten(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    is_at_the_desk(page, "Mia")
    page.get_by_role("link", name="Active", exact=True).click()
    page.get_by_label("Find a client").fill("quil")
    expect(page).to_have_url(re.compile(r"q=quil"))
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")

    assert len(KEYS) == 6
    for key in KEYS:
        page.keyboard.press(key)

    is_at_the_desk(page, "Noah")
    expect(page.get_by_text("Noah is at the desk")).to_be_visible()
    parts = urlsplit(page.url)
    assert (parts.path, parts.query) == ("/purchases/", "state=active"), "where they were"
    expect(page.get_by_label("Find a client")).to_have_value("")
    page.locator(f"#purchase-{pack.pk} .use button").click()
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "3")
    acts = SessionRequest.objects.order_by("asked_at").values_list("operation", "actor")
    assert [*acts] == [("reinstate", mia.pk), ("use", noah.pk)]


def test_keys_that_come_before_the_list_are_not_lost(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    held: list[Route] = []
    page.route("**/desk/?next=*", lambda route: held.append(route))
    page.keyboard.type("".join(KEYS))
    (asked,) = held
    asked.continue_()
    is_at_the_desk(page, "Noah")


def test_a_full_stop_in_a_text_is_a_full_stop(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    page.get_by_label("Find a client").focus()
    page.keyboard.type("st. john")
    expect(page.get_by_label("Find a client")).to_have_value("st. john")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Find a client").fill("")
    page.keyboard.press(".")
    dialog(page)


def test_the_key_is_in_the_list_of_keys_and_can_be_switched_off(
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
    dialog(page)


def test_no_answer_is_told_where_it_can_be_read(
    window: Window, sign_in: SignIn, mia: User, noah: User, console: list[str]
) -> None:
    context = window()
    page = sign_in(context, mia)
    context.set_offline(True)
    page.keyboard.press(".")
    expect(page.locator("#note")).to_contain_text("No answer from the server.")
    expect(page.get_by_role("dialog")).to_have_count(0)
    console.clear()
