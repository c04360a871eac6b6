"""A live update never replaces a row or a part of the page while a form of the page waits for its
answer, nor with an answer that is older than that of the form."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Error, Page, Route, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import SOON, by_sql, polls_of, row, shows
from tests.factories import make_purchase

REINSTATE = re.compile(r"/reinstate/$")
ROWS = re.compile(r"/purchases/rows/")
CHANGES = re.compile(r"/purchases/changes/")


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


@contextmanager
def held(page: Page, url: re.Pattern[str] | Callable[[str], bool]) -> Iterator[list[Route]]:
    """Hold the requests of the page to this URL until the test answers them."""
    routes: list[Route] = []
    page.route(url, lambda route: routes.append(route))
    yield routes
    page.unroute(url)
    for route in routes:
        with suppress(Error):  # the test has answered it
            route.continue_()


def first(page: Page, routes: list[Route]) -> Route:
    """The first held request, as soon as there is one."""
    for _ in range(SOON // 10):
        if routes:
            return routes[0]
        page.wait_for_timeout(10)
    raise AssertionError("no request came")


def record_counts(page: Page, pack: Purchase) -> Callable[[], list[str]]:
    """Record every count that the row of the purchase shows from now on."""
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
    """Answer a held request, and give the page time to use the answer."""
    answer = route.fetch()
    with page.expect_event("requestfinished", lambda request: request.url == route.request.url):
        route.fulfill(response=answer)
    page.wait_for_timeout(200)


def test_rows_that_arrive_during_a_press_are_not_shown(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    counts = record_counts(page, pack)
    with held(page, ROWS) as rows, held(page, REINSTATE) as presses:
        by_sql(pack, 8)
        rows_request = first(page, rows)
        page.locator(f"#reinstate-{pack.pk}").click()
        press = first(page, presses)

        deliver(page, rows_request)

        expect(page.locator(row(pack))).to_have_attribute("data-used", "3")
        press.continue_()
    shows(page, pack, 7)
    assert "8" not in counts()


def test_rows_that_were_requested_before_a_press_are_not_shown_after_it(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    counts = record_counts(page, pack)
    with held(page, ROWS) as rows:
        by_sql(pack, 8)
        rows_request = first(page, rows)
        older = rows_request.fetch()
        page.locator(f"#reinstate-{pack.pk}").click()
        shows(page, pack, 7)

        rows_request.fulfill(response=older)
        page.wait_for_timeout(200)

        expect(page.locator(row(pack))).to_have_attribute("data-used", "7")
    assert "8" not in counts()


def test_no_row_is_requested_during_a_press(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    """The server would answer with the count before the press."""
    page = sign_in(window(), mia)
    requested = polls_of(page)
    with held(page, CHANGES) as changes, held(page, REINSTATE) as presses:
        by_sql(pack, 8)
        changes_request = first(page, changes)
        page.locator(f"#reinstate-{pack.pk}").click()
        press = first(page, presses)

        deliver(page, changes_request)

        assert not [url for url in requested if ROWS.search(url)]
        page.wait_for_timeout(2_000)
        assert len(requested) <= 1, "no further request before the press is answered"
        press.continue_()
    shows(page, pack, 7)


@pytest.mark.parametrize("answered", [False, True], ids=["during a press", "after a press"])
def test_a_part_of_the_page_that_was_requested_before_a_press_is_not_shown(
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
    with held(page, lambda url: url.endswith(client)) as pages, held(page, REINSTATE) as presses:
        by_sql(pack, 8)
        page_request = first(page, pages)
        older = page_request.fetch()
        page.locator(f"#reinstate-{pack.pk}").click()
        press = first(page, presses)
        if answered:
            press.continue_()
            shows(page, pack, 7)

        page_request.fulfill(response=older)
        page.wait_for_timeout(200)

        if not answered:
            press.continue_()
    shows(page, pack, 7)
    expect(summary).to_have_text("3 sessions left", timeout=SOON)
    assert not [text for text in page.evaluate("texts") if "2 sessions left" in text]
