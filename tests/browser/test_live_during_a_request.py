"""A live update does not replace a row or part of the page while a form waits for its response, and
an older response does not replace the form's response."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Error, Page, Route, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import LIVE_TIMEOUT, expect_count, record_polls, row, set_count_by_sql
from tests.factories import make_purchase

REINSTATE = re.compile(r"/reinstate/$")
ROWS = re.compile(r"/purchases/rows/")
CHANGES = re.compile(r"/purchases/changes/")


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


@contextmanager
def held(page: Page, url: re.Pattern[str] | Callable[[str], bool]) -> Iterator[list[Route]]:
    """Hold the page's requests to this URL until the test responds to them."""
    routes: list[Route] = []
    page.route(url, lambda route: routes.append(route))
    yield routes
    page.unroute(url)
    for route in routes:
        with suppress(Error):  # the test has answered it
            route.continue_()


def first(page: Page, routes: list[Route]) -> Route:
    """Wait for a held request and return the first one."""
    for _ in range(LIVE_TIMEOUT // 10):
        if routes:
            return routes[0]
        page.wait_for_timeout(10)
    raise AssertionError("no request came")


def record_counts(page: Page, pack: Purchase) -> Callable[[], list[str]]:
    """Return a function that returns every count that the row has shown since this call."""
    page.evaluate(
        """id => {
          window.counts = [];
          const record = () => counts.push(document.getElementById(id)?.dataset.used);
          new MutationObserver(record).observe(document.body, {
            childList: true, subtree: true, attributes: true, characterData: true,
          });
        }""",
        f"purchase-{pack.pk}",
    )
    return lambda: list(dict.fromkeys(page.evaluate("counts")))


def deliver(page: Page, route: Route) -> None:
    """Respond to a held request, and give the page time to process the response."""
    answer = route.fetch()
    with page.expect_event("requestfinished", lambda request: request.url == route.request.url):
        route.fulfill(response=answer)
    page.wait_for_timeout(200)


def test_rows_that_arrive_during_an_action_are_ignored(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    counts = record_counts(page, pack)
    with held(page, ROWS) as rows, held(page, REINSTATE) as action_requests:
        set_count_by_sql(pack, 8)
        rows_request = first(page, rows)
        page.locator(f"#reinstate-{pack.pk}").click()
        action_request = first(page, action_requests)

        deliver(page, rows_request)

        expect(page.locator(row(pack))).to_have_attribute("data-used", "3")
        action_request.continue_()
    expect_count(page, pack, 7)
    assert "8" not in counts()


def test_rows_requested_before_an_action_are_ignored_after_it(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    counts = record_counts(page, pack)
    with held(page, ROWS) as rows:
        set_count_by_sql(pack, 8)
        rows_request = first(page, rows)
        older = rows_request.fetch()
        page.locator(f"#reinstate-{pack.pk}").click()
        expect_count(page, pack, 7)

        rows_request.fulfill(response=older)
        page.wait_for_timeout(200)

        expect(page.locator(row(pack))).to_have_attribute("data-used", "7")
    assert "8" not in counts()


def test_no_row_is_requested_during_an_action(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    """The server would respond with the count before the action."""
    page = sign_in(window(), mia)
    requested = record_polls(page)
    with held(page, CHANGES) as changes, held(page, REINSTATE) as action_requests:
        set_count_by_sql(pack, 8)
        changes_request = first(page, changes)
        page.locator(f"#reinstate-{pack.pk}").click()
        action_request = first(page, action_requests)

        deliver(page, changes_request)

        assert not [url for url in requested if ROWS.search(url)]
        page.wait_for_timeout(2_000)
        assert len(requested) <= 1, "no further request before the response to the action"
        action_request.continue_()
    expect_count(page, pack, 7)


@pytest.mark.parametrize("answered", [False, True], ids=["during an action", "after an action"])
def test_part_of_the_page_requested_before_an_action_is_ignored(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, answered: bool
) -> None:
    page = sign_in(window(), mia)
    client = f"/clients/{pack.client_id}/"
    page.goto(client)
    summary = page.locator(".in-all")
    expect(summary).to_have_text("7 sessions left")
    summary.evaluate(
        """(part) => {
          window.texts = [];
          const record = () => texts.push(document.querySelector(".in-all").textContent);
          new MutationObserver(record).observe(document.body, {childList: true, subtree: true});
        }"""
    )
    with (
        held(page, lambda url: url.endswith(client)) as pages,
        held(page, REINSTATE) as action_requests,
    ):
        set_count_by_sql(pack, 8)
        page_request = first(page, pages)
        older = page_request.fetch()
        page.locator(f"#reinstate-{pack.pk}").click()
        action_request = first(page, action_requests)
        if answered:
            action_request.continue_()
            expect_count(page, pack, 7)

        page_request.fulfill(response=older)
        page.wait_for_timeout(200)

        if not answered:
            action_request.continue_()
    expect_count(page, pack, 7)
    expect(summary).to_have_text("3 sessions left", timeout=LIVE_TIMEOUT)
    assert not [text for text in page.evaluate("texts") if "2 sessions left" in text]
