"""Live updates in hidden tabs, without a connection, and with an expired token."""

import pytest
from playwright.sync_api import Page, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import LIVE_TIMEOUT, expect_count, record_polls, row, set_count_by_sql
from tests.factories import make_purchase

OLD_NUMBERS = "No connection: these numbers may be old. Trying again."


def set_visibility(page: Page, visibility: str) -> None:
    page.evaluate(
        "state => { for (const [name, value] of [['visibilityState', state],"
        " ['hidden', state === 'hidden']])"
        " Object.defineProperty(document, name, {value, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')) }",
        visibility,
    )


def advance_clock(page: Page, *, seconds: int) -> None:
    """Advance the page's clock in small steps, so that responses can arrive between them."""
    for _ in range(seconds * 10):
        page.clock.run_for(100)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


def test_hidden_tab_stops_polling_and_updates_when_visible(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    context = window()
    page, other = sign_in(context, mia), context.new_page()
    other.goto("/purchases/")
    set_visibility(page, "hidden")
    urls = record_polls(page)
    set_count_by_sql(pack, 6)
    expect_count(other, pack, 6)
    # Wait for three polls of the other page.
    for _ in range(3):
        with other.expect_response(lambda r: "/changes/" in r.url, timeout=LIVE_TIMEOUT):
            pass
    assert len(urls) <= 1, "one poll may have started before"
    expect(page.locator(row(pack))).to_have_attribute("data-used", "3")

    set_visibility(page, "visible")

    expect_count(page, pack, 6)


def test_lost_connection_is_shown_until_it_returns(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    context = window()
    page = sign_in(context, mia)
    line = page.locator("#connection")
    expect(line).to_be_empty()

    context.set_offline(True)
    expect(line).to_have_text(OLD_NUMBERS)
    set_count_by_sql(pack, 6)
    context.set_offline(False)

    expect(line).to_be_empty()
    expect_count(page, pack, 6)
    expect(page.locator("#note")).to_be_empty()
    console.clear()  # the browser logs each request that could not be sent


def test_failing_server_is_polled_with_backoff(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    page = sign_in(window(), mia)
    page.clock.install()
    page.reload()
    page.route("**/purchases/changes/", lambda route: route.fulfill(status=503))
    urls = record_polls(page)

    advance_clock(page, seconds=60)
    expect(page.locator("#connection")).to_have_text(OLD_NUMBERS)
    assert 5 <= len(urls) <= 11, "1.5 s at first, then 1, 2, 4, 8, 10, 10 …"

    page.unroute("**/purchases/changes/")
    # A pending poll still fails, and its response starts the next delay.
    with page.expect_response(lambda answer: answer.status in (200, 304)):
        advance_clock(page, seconds=25)
    expect(page.locator("#connection")).to_be_empty()
    console.clear()


def test_expired_token_is_renewed_silently(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    page = sign_in(window(), mia)
    page.evaluate("document.getElementById('connection').dataset.token = 'old'")
    with page.expect_response(
        lambda r: "/changes/" in r.url and r.status == 403, timeout=LIVE_TIMEOUT
    ):
        pass
    set_count_by_sql(pack, 6)
    expect_count(page, pack, 6)
    expect(page.locator("#connection")).to_be_empty()
    assert all("403" in line for line in console)
    console.clear()
