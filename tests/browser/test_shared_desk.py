"""Two people at one computer: by keyboard, by hand on a phone, and with JavaScript off."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, Route, expect

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from studio.shared_desk import codes
from tests.browser.conftest import SignIn, Window
from tests.browser.test_accessibility import PHONE, assert_nothing_to_mend
from tests.factories import PASSWORD, make_client, make_purchase, make_user
from tests.shared_desk.people import CODE, WRONG, give_code, lock_after, presence

KEYS = [".", "n", *CODE]


@pytest.fixture
def noah(northside: Org, mia: User) -> User:
    """Mia and Noah have a code each."""
    noah = make_user(username="noah", org=northside)
    for user in (mia, noah):
        give_code(user)
    return noah


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, client=make_client(org=northside, name="Bernadette Quil"))


def is_at_the_desk(page: Page, name: str) -> None:
    expect(page.locator(".top .who b")).to_have_text(name)


def is_locked(page: Page) -> None:
    expect(page.get_by_role("heading", name="Who is at the desk?")).to_be_visible()
    expect(page.get_by_text("The desk is locked.")).to_be_visible()
    expect(page.get_by_text("Quil")).to_have_count(0)


def leave_alone(context: BrowserContext, minutes: float) -> None:
    """The server's clock, as it stands in the browser's cookie."""
    older = presence(cookie(context, settings.SESSION_COOKIE_NAME), minutes)
    context.add_cookies(
        [{"name": settings.DESK_COOKIE_NAME, "value": older, "domain": "localhost", "path": "/"}]
    )


def cookie(context: BrowserContext, name: str) -> str:
    return next(each["value"] for each in context.cookies() if each["name"] == name)


def dialog(page: Page) -> None:
    expect(page.get_by_role("dialog").get_by_label("Code")).to_be_visible()


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
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".top .who a").click()
    dialog(page)


def test_a_wrong_code_is_told_and_typed_again_at_once(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.type(f".n{WRONG}")
    expect(page.get_by_role("alert")).to_have_text("That is not Noah’s code. 4 tries left.")
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    assert_nothing_to_mend(page)
    page.keyboard.type(CODE)
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
    page.keyboard.type(f"m{CODE}")
    is_at_the_desk(page, "Mia")


def test_one_code_is_one_try_however_it_is_sent(
    window: Window, sign_in: SignIn, mia: User, noah: User
) -> None:
    for options in ({}, {"java_script_enabled": False}):
        page = sign_in(window(**options), mia)
        page.goto("/desk/")
        page.get_by_label("Noah").check(force=True)
        page.get_by_label("Code", exact=True).focus()
        page.keyboard.type(WRONG)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        noah.membership.refresh_from_db()
        assert codes.tries_left(noah.membership) == 4
        codes.lift_lockout(noah.membership)


def test_the_desk_locks_by_the_same_key_twice_and_opens_by_four_digits(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/clients/{pack.client_id}/")
    page.keyboard.press(".")
    page.keyboard.press(".")
    is_locked(page)
    assert_nothing_to_mend(page)
    page.go_back()
    expect(page.get_by_text("Quil")).to_have_count(0)
    page.goto("/purchases/")
    is_locked(page)
    page.goto(f"/clients/{pack.client_id}/")
    page.keyboard.type(CODE)
    is_at_the_desk(page, "Mia")
    expect(page).to_have_url(re.compile(f"/clients/{pack.client_id}/$"))


def test_a_page_that_was_left_open_is_covered_by_itself(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    lock_after(pack.org, 5)
    context = window()
    page = sign_in(context, mia)
    expect(page.get_by_text("Quil")).to_be_visible()
    # Five minutes ago, by the page's own clock.
    page.evaluate("localStorage.setItem('desk-seen', Date.now() - 5 * 60 * 1000)")
    is_locked(page)
    page.keyboard.type(f"n{CODE}")
    is_at_the_desk(page, "Noah")


def test_who_types_is_there_for_the_server_too(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    lock_after(pack.org, 5)
    context = window()
    page = sign_in(context, mia)
    leave_alone(context, 4)
    before = cookie(context, settings.DESK_COOKIE_NAME)
    page.evaluate("renewed = 0")
    with page.expect_response("**/desk/here/"):
        page.get_by_label("Find a client").press("Shift")
    assert cookie(context, settings.DESK_COOKIE_NAME) != before


@pytest.mark.parametrize("java_script", [True, False])
def test_a_press_at_a_locked_desk_changes_nothing_and_comes_back(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase, java_script: bool
) -> None:
    lock_after(pack.org, 5)
    context = window(java_script_enabled=java_script)
    page = sign_in(context, mia)
    page.goto("/purchases/?q=quil")
    leave_alone(context, 6)
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed: the desk was locked.")
    expect(page.get_by_text("Quil")).to_have_count(0)
    pack.refresh_from_db()
    assert pack.sessions_used == 3

    page.get_by_label("Code", exact=True).fill(CODE)
    if not java_script:
        page.keyboard.press("Enter")
    is_at_the_desk(page, "Mia")
    expect(page).to_have_url(re.compile(r"/purchases/\?q=quil$"))
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")


def test_another_window_of_the_same_browser_follows(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    context = window()
    page = sign_in(context, mia)
    other = context.new_page()
    other.goto("/purchases/?q=quil")
    page.bring_to_front()
    page.keyboard.type("".join(KEYS))
    is_at_the_desk(page, "Noah")
    is_at_the_desk(other, "Noah")
    page.keyboard.press(".")
    page.keyboard.press(".")
    is_locked(page)
    is_locked(other)


def test_a_row_made_for_somebody_else_presses_nothing(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    """Where no script tells the other window."""
    context = window(java_script_enabled=False)
    page = sign_in(context, mia)
    other = context.new_page()
    other.goto("/desk/")
    other.get_by_label("Noah").check(force=True)
    other.get_by_label("Code", exact=True).fill(CODE)
    other.keyboard.press("Enter")
    is_at_the_desk(other, "Noah")

    is_at_the_desk(page, "Mia")
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note")).to_contain_text("Nothing was changed: Noah is at the desk now.")
    is_at_the_desk(page, "Noah")
    pack.refresh_from_db()
    assert pack.sessions_used == 3


def test_without_javascript_the_name_leads_to_the_page_and_back(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    page = sign_in(window(java_script_enabled=False), mia)
    page.goto(f"/clients/{pack.client_id}/")
    page.get_by_role("link", name="At the desk: Mia").click()
    page.locator(".persons label", has_text="Noah").click()
    page.get_by_label("Code", exact=True).fill(CODE)
    page.get_by_role("button", name="Go on").first.click()
    is_at_the_desk(page, "Noah")
    expect(page).to_have_url(re.compile(f"/clients/{pack.client_id}/$"))
    page.get_by_role("link", name="At the desk: Noah").click()
    page.get_by_role("button", name="Lock the desk").click()
    is_locked(page)
    page.get_by_text("Mia: use the password").click()
    page.get_by_label("Password of Mia").fill(PASSWORD)
    page.keyboard.press("Enter")
    is_at_the_desk(page, "Mia")


def test_on_a_phone_by_thumb(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    page = sign_in(window(viewport=PHONE, has_touch=True, is_mobile=True), mia)
    name = page.locator(".top .who a")
    expect(name).to_have_text("Mia", use_inner_text=True)
    name.tap()
    code = page.get_by_label("Code", exact=True)
    expect(code).to_have_attribute("inputmode", "numeric")
    expect(code).to_have_attribute("autocomplete", "off")
    assert code.get_attribute("type") is None, "no browser offers to keep it"
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    heights = "[...document.querySelectorAll('.persons label')].map(b => b.offsetHeight)"
    assert min(page.evaluate(heights)) >= 44
    assert_nothing_to_mend(page)
    page.locator(".persons label", has_text="Noah").tap()
    expect(code).to_be_focused()
    page.keyboard.type(CODE)
    is_at_the_desk(page, "Noah")
    expect(page.get_by_text("Noah is at the desk")).to_be_visible()


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


def test_the_name_stays_in_sight_while_the_page_scrolls(
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


@pytest.mark.parametrize("path", ["/desk/", "/desk/code/"])
def test_axe_finds_nothing(
    window: Window, sign_in: SignIn, mia: User, noah: User, path: str
) -> None:
    for scheme in ("light", "dark"):
        page = sign_in(window(color_scheme=scheme), mia)
        page.goto(path)
        assert_nothing_to_mend(page)
