"""The desk locks: by a key, by itself, and for every window."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, expect

from purchases.models import Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import SOON, by_sql, shows
from tests.browser.shared_desk.computer import KEYS, is_at_the_desk, is_locked
from tests.browser.test_accessibility import assert_nothing_to_mend
from tests.shared_desk.people import PIN, lock_after, presence


def leave_alone(context: BrowserContext, minutes: float) -> None:
    """The server's clock, as it stands in the browser's cookie."""
    older = presence(cookie(context, settings.SESSION_COOKIE_NAME), minutes)
    context.add_cookies(
        [{"name": settings.DESK_COOKIE_NAME, "value": older, "domain": "localhost", "path": "/"}]
    )


def cookie(context: BrowserContext, name: str) -> str:
    return next(each["value"] for each in context.cookies() if each["name"] == name)


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
    page.keyboard.type(PIN)
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
    page.keyboard.type(f"n{PIN}")
    is_at_the_desk(page, "Noah")


def test_who_types_is_there_for_the_server_too(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    lock_after(pack.org, 5)
    context = window()
    page = sign_in(context, mia)
    leave_alone(context, 4)
    before = cookie(context, settings.DESK_COOKIE_NAME)
    # The page reports activity at most once a minute.
    page.clock.set_system_time(datetime.now(UTC) + timedelta(seconds=61))
    with page.expect_response("**/desk/here/"):
        page.get_by_label("Find a client").press("Shift")
    assert cookie(context, settings.DESK_COOKIE_NAME) != before


def test_live_updates_do_not_keep_an_unattended_desk_unlocked(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    """The page fetches rows and parts of itself while no person uses it."""
    lock_after(pack.org, 5)
    context = window()
    page = sign_in(context, mia)
    page.goto(f"/purchases/{pack.pk}/")
    leave_alone(context, 4)
    before = cookie(context, settings.DESK_COOKIE_NAME)

    by_sql(pack, 5)
    expect(page.locator(".history tbody tr")).to_have_count(2, timeout=SOON)
    shows(page, pack, 5)
    assert cookie(context, settings.DESK_COOKIE_NAME) == before, "no request renewed it"

    leave_alone(context, 6)
    by_sql(pack, 6)
    is_locked(page)


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

    page.get_by_label("PIN", exact=True).fill(PIN)
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
