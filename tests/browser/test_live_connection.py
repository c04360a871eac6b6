"""When nobody looks, when the server can't be reached, and when the page is old."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import SOON, by_sql, polls_of, row, shows
from tests.factories import make_purchase

OLD_NUMBERS = "No connection: these numbers may be old. Trying again."


def be(page: Page, visibility: str) -> None:
    page.evaluate(
        "state => { for (const [name, value] of [['visibilityState', state],"
        " ['hidden', state === 'hidden']])"
        " Object.defineProperty(document, name, {value, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')) }",
        visibility,
    )


def let_pass(page: Page, *, seconds: int) -> None:
    """In the page's own time; each answer needs a moment of ours."""
    for _ in range(seconds * 10):
        page.clock.run_for(100)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


def test_a_hidden_tab_is_quiet_and_up_to_date_when_it_is_seen_again(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    context = window()
    page, other = sign_in(context, mia), context.new_page()
    other.goto("/purchases/")
    be(page, "hidden")
    asked = polls_of(page)
    by_sql(pack, 6)
    shows(other, pack, 6)
    # Long enough for the other page to ask three times more.
    for _ in range(3):
        with other.expect_response(lambda r: "/changes/" in r.url, timeout=SOON):
            pass
    assert len(asked) <= 1, "one may have been on its way"
    expect(page.locator(row(pack))).to_have_attribute("data-used", "3")

    be(page, "visible")

    shows(page, pack, 6)


def test_a_lost_connection_is_said_and_nothing_more_when_it_is_back(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    context = window()
    page = sign_in(context, mia)
    line = page.locator("#connection")
    expect(line).to_be_empty()

    context.set_offline(True)
    expect(line).to_have_text(OLD_NUMBERS, timeout=10_000)
    by_sql(pack, 6)
    context.set_offline(False)

    expect(line).to_be_empty(timeout=12_000)
    shows(page, pack, 6)
    expect(page.locator("#note")).to_be_empty()
    console.clear()  # the browser logs each request that could not be sent


def test_a_server_that_fails_is_asked_less_and_less(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    page = sign_in(window(), mia)
    page.clock.install()
    page.reload()
    page.route("**/purchases/changes/", lambda route: route.fulfill(status=503))
    asked = polls_of(page)

    let_pass(page, seconds=60)
    expect(page.locator("#connection")).to_have_text(OLD_NUMBERS)
    assert 5 <= len(asked) <= 11, "1.5 s at first, then 1, 2, 4, 8, 10, 10 …"

    page.unroute("**/purchases/changes/")
    # What was on its way then fails yet, and only its answer starts the next wait.
    with page.expect_response(lambda answer: answer.status in (200, 304)):
        let_pass(page, seconds=25)
    expect(page.locator("#connection")).to_be_empty()
    console.clear()


def test_an_old_token_is_renewed_without_a_word(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    page = sign_in(window(), mia)
    page.evaluate("document.getElementById('connection').dataset.token = 'old'")
    with page.expect_response(lambda r: "/changes/" in r.url and r.status == 403, timeout=SOON):
        pass
    by_sql(pack, 6)
    shows(page, pack, 6)
    expect(page.locator("#connection")).to_be_empty()
    assert all("403" in line for line in console)
    console.clear()


def test_who_was_signed_out_is_told_so(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    context: BrowserContext = window()
    page = sign_in(context, mia)
    context.clear_cookies()

    by_sql(pack, 6)

    line = page.locator("#connection")
    expect(line).to_contain_text("You are signed out: these numbers may be old.", timeout=SOON)
    line.get_by_role("link", name="Sign in").click()
    page.wait_for_url("**/accounts/login/?next=/purchases/**")
