"""Lost responses and double clicks: the page offers a retry, and each action counts once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from playwright.sync_api import Page, Route, expect

from purchases import database
from purchases.models import Org, Purchase
from purchases.operations import requests
from studio.database.postgresql.base import DatabaseWrapper
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_purchase
from tests.purchase_kinds import used

UNCONFIRMED = "We could not confirm this yet. It is safe to try again."
REINSTATED = "Session reinstated for Ana Ruiz. 8 of 10 left."


def lose_response(route: Route) -> None:
    """Let the server act, and abort the request before the browser receives the response."""
    route.fetch(max_redirects=0)
    route.abort()


def try_again(page: Page) -> None:
    page.wait_for_timeout(550)  # the click guard blocks the second half of a double click
    page.get_by_role("button", name="Try again").click()


def row(page: Page, purchase: Purchase) -> Any:
    return page.locator(f"#purchase-{purchase.pk}")


def reinstatements(purchase: Purchase) -> int:
    return purchase.events.filter(kind="reinstated").count()


def test_retry_after_a_lost_response_shows_the_result(
    window: Window, sign_in: SignIn, mia: User, northside: Org, console: list[str]
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    page.route("**/reinstate/", lose_response, times=1)

    page.get_by_role("button", name="Reinstate a session for").click()
    expect(page.locator("#note")).to_contain_text(UNCONFIRMED)
    expect(row(page, pack)).to_have_attribute("data-used", "3")
    assert used(pack) == 2, "the server has acted"
    try_again(page)

    expect(page.locator("#note")).to_contain_text(REINSTATED)
    expect(row(page, pack)).to_have_attribute("data-used", "2")
    assert reinstatements(pack) == 1
    console.clear()


def test_retry_works_without_its_row(
    window: Window, sign_in: SignIn, mia: User, northside: Org, console: list[str]
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    page.route("**/reinstate/", lose_response, times=1)
    page.get_by_role("button", name="Reinstate a session for").click()
    expect(page.locator("#note")).to_contain_text(UNCONFIRMED)
    page.get_by_label("Find a client").fill("nobody")
    expect(page.locator(".desk tbody tr")).to_have_count(0)

    try_again(page)

    expect(page.locator("#note")).to_contain_text(REINSTATED)
    assert reinstatements(pack) == 1
    console.clear()


def test_retry_after_a_lost_response_to_undo_shows_the_result(
    window: Window, sign_in: SignIn, mia: User, northside: Org, console: list[str]
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    page.get_by_role("button", name="Reinstate a session for").click()
    page.route("**/undo/", lose_response, times=1)

    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#note")).to_contain_text(UNCONFIRMED)
    assert used(pack) == 3
    try_again(page)

    expect(page.locator("#note")).to_contain_text("Undone for Ana Ruiz")
    expect(page.locator("#note")).not_to_contain_text(UNCONFIRMED)
    expect(row(page, pack)).to_have_attribute("data-used", "3")
    assert pack.events.filter(kind="undone").count() == 1
    console.clear()


def test_retry_sends_the_reason_and_the_note(
    window: Window, sign_in: SignIn, mia: User, northside: Org, console: list[str]
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    page.route("**/reinstate/", lambda route: route.abort(), times=1)

    page.locator("summary").click()
    page.get_by_label("Note").fill("Rain")
    page.get_by_role("button", name="Class cancelled").click()
    expect(page.locator("#note")).to_contain_text(UNCONFIRMED)
    assert used(pack) == 3, "the request did not arrive"
    try_again(page)

    expect(page.locator("#note")).to_contain_text(REINSTATED)
    request = pack.requests.get()
    assert (request.reason, request.note) == ("class_cancelled", "Rain")
    console.clear()


def test_reload_without_javascript_shows_the_result(
    window: Window, sign_in: SignIn, mia: User, northside: Org, console: list[str]
) -> None:
    """The browser shows its own error page, and a reload sends the form again."""
    pack = make_purchase(org=northside)
    page = sign_in(window(java_script_enabled=False), mia)
    page.route("**/reinstate/", lose_response, times=1)

    page.get_by_role("button", name="Reinstate a session for").click()
    page.wait_for_url("chrome-error://**")
    assert used(pack) == 2
    page.reload()

    expect(page.locator("#note")).to_contain_text(REINSTATED)
    expect(row(page, pack)).to_have_attribute("data-used", "2")
    assert reinstatements(pack) == 1
    console.clear()


@pytest.fixture(params=["before the action", "after the action", "connection"])
def cut_database(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """A function that makes the database fail until `monkeypatch.undo()`."""
    act = database.fetch_one
    error = OperationalError("server closed the connection unexpectedly")

    def fail_before(*_: Any) -> None:
        raise error

    def fail_after(*arguments: Any) -> None:
        act(*arguments)
        raise error

    def cut() -> None:
        if request.param == "connection":
            monkeypatch.setattr(DatabaseWrapper, "get_new_connection", fail_before)
        else:
            fail = fail_before if request.param == "before the action" else fail_after
            monkeypatch.setattr(requests, "fetch_one", fail)

    return cut


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "no script"])
@pytest.mark.parametrize("button", ["Reinstate a session for", "Use a session of", "Undo"])
def test_database_error_offers_a_retry(
    window: Window,
    sign_in: SignIn,
    mia: User,
    northside: Org,
    console: list[str],
    monkeypatch: pytest.MonkeyPatch,
    cut_database: Callable[[], None],
    button: str,
    javascript: bool,
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(java_script_enabled=javascript), mia)
    if button == "Undo":
        page.get_by_role("button", name="Reinstate a session for").click()
        expect(row(page, pack)).to_have_attribute("data-used", "2")
    cut_database()

    page.get_by_role("button", name=button).click()
    for _ in range(2):
        expect(page.get_by_text(UNCONFIRMED)).to_be_visible()
        with page.expect_response(lambda answer: answer.status == 503):
            try_again(page)
    expect(page.get_by_text(UNCONFIRMED)).to_be_visible()
    monkeypatch.undo()
    try_again(page)

    kind, left = {"Undo": ("undone", 3), "Use a session of": ("used", 4)}.get(
        button, ("reinstated", 2)
    )
    expect(page.locator("#note")).to_contain_text(f"{10 - left} of 10 left.")
    expect(page.get_by_text(UNCONFIRMED)).to_have_count(0)
    expect(row(page, pack)).to_have_attribute("data-used", str(left))
    assert used(pack) == left
    assert pack.events.filter(kind=kind).count() == 1
    console.clear()


def two_clicks(page: Page, pause: int) -> None:
    """Click twice at the same position, on the elements that are there by then."""
    box = page.get_by_role("button", name="Reinstate a session for").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for click in (1, 2):
        page.mouse.down(click_count=click)
        page.mouse.up(click_count=click)
        page.wait_for_timeout(pause)


def two_enters(page: Page, pause: int) -> None:
    page.get_by_role("button", name="Reinstate a session for").focus()
    for _ in range(2):
        page.keyboard.press("Enter")
        page.wait_for_timeout(pause)


# The second click comes before the response, or after it, at the speed of a hand.
@pytest.mark.parametrize("pause", [0, 250])
@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "no script"])
@pytest.mark.parametrize("twice", [two_clicks, two_enters])
def test_double_click_or_enter_counts_once(
    window: Window,
    sign_in: SignIn,
    mia: User,
    northside: Org,
    twice: Callable[[Page, int], None],
    javascript: bool,
    pause: int,
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(java_script_enabled=javascript), mia)

    twice(page, pause)

    expect(page.locator("#note")).to_contain_text(REINSTATED)
    expect(row(page, pack)).to_have_attribute("data-used", "2")
    page.wait_for_timeout(300)
    assert used(pack) == 2
    assert reinstatements(pack) == 1
