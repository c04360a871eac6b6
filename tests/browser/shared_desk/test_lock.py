"""The desk locks by a key and after idle time, in every window of the browser."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, expect

from purchases.models import Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import LIVE_TIMEOUT, expect_count, set_count_by_sql
from tests.browser.shared_desk.expectations import KEYS, expect_acting_member, expect_locked
from tests.browser.test_accessibility import assert_no_violations
from tests.factories import PASSWORD
from tests.shared_desk.people import PIN, activity_cookie, lock_after


def leave_idle(context: BrowserContext, minutes: float) -> None:
    """Set the desk cookie as if the last activity was `minutes` ago."""
    older = activity_cookie(cookie(context, settings.SESSION_COOKIE_NAME), minutes)
    context.add_cookies(
        [{"name": settings.DESK_COOKIE_NAME, "value": older, "domain": "localhost", "path": "/"}]
    )


def cookie(context: BrowserContext, name: str) -> str:
    return next(stored["value"] for stored in context.cookies() if stored["name"] == name)


def test_same_key_twice_locks_and_four_digits_unlock(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/clients/{pack.client_id}/")
    page.keyboard.press(".")
    page.keyboard.press(".")
    expect_locked(page)
    assert_no_violations(page)
    page.go_back()
    expect(page.get_by_text("Quil")).to_have_count(0)
    page.goto("/purchases/")
    expect_locked(page)
    page.goto(f"/clients/{pack.client_id}/")
    page.keyboard.type(PIN)
    expect_acting_member(page, "Mia")
    expect(page).to_have_url(re.compile(f"/clients/{pack.client_id}/$"))


def test_idle_page_locks_without_a_reload(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    lock_after(pack.org, 5)
    context = window()
    page = sign_in(context, mia)
    expect(page.get_by_text("Quil")).to_be_visible()
    # Move the last activity five minutes into the past, by the browser's clock.
    page.evaluate("localStorage.setItem('desk-seen', Date.now() - 5 * 60 * 1000)")
    expect_locked(page)
    page.keyboard.type(f"n{PIN}")
    expect_acting_member(page, "Noah")


def test_idle_page_locks_at_a_desk_without_pins_or_a_policy(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto("/purchases/?q=quil")
    expect(page.get_by_role("link", name="Bernadette Quil")).to_be_visible()
    page.evaluate("localStorage.setItem('desk-seen', Date.now() - 15 * 60 * 1000)")
    expect_locked(page)
    page.get_by_label("Password of Mia").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect_acting_member(page, "Mia")
    expect(page).to_have_url(re.compile(r"/purchases/\?q=quil$"))


def test_typing_renews_the_activity_on_the_server(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    lock_after(pack.org, 5)
    context = window()
    page = sign_in(context, mia)
    leave_idle(context, 4)
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
    leave_idle(context, 4)
    before = cookie(context, settings.DESK_COOKIE_NAME)

    set_count_by_sql(pack, 5)
    expect(page.locator(".history tbody tr")).to_have_count(2, timeout=LIVE_TIMEOUT)
    expect_count(page, pack, 5)
    assert cookie(context, settings.DESK_COOKIE_NAME) == before, "no request renewed it"

    leave_idle(context, 6)
    set_count_by_sql(pack, 6)
    expect_locked(page)


@pytest.mark.parametrize("java_script", [True, False])
def test_action_at_a_locked_desk_changes_nothing_and_returns(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase, java_script: bool
) -> None:
    lock_after(pack.org, 5)
    context = window(java_script_enabled=java_script)
    page = sign_in(context, mia)
    page.goto("/purchases/?q=quil")
    leave_idle(context, 6)
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed: the desk was locked.")
    expect(page.get_by_text("Quil")).to_have_count(0)
    pack.refresh_from_db()
    assert pack.sessions_used == 3

    page.get_by_label("PIN", exact=True).fill(PIN)
    if not java_script:
        page.keyboard.press("Enter")
    expect_acting_member(page, "Mia")
    expect(page).to_have_url(re.compile(r"/purchases/\?q=quil$"))
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")


def test_other_windows_of_the_browser_follow(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    context = window()
    page = sign_in(context, mia)
    other = context.new_page()
    other.goto("/purchases/?q=quil")
    page.bring_to_front()
    page.keyboard.type("".join(KEYS))
    expect_acting_member(page, "Noah")
    expect_acting_member(other, "Noah")
    page.keyboard.press(".")
    page.keyboard.press(".")
    expect_locked(page)
    expect_locked(other)
