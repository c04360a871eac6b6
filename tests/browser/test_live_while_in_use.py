"""A live update does not disturb typing, focus, open menus or pending requests."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import (
    LIVE_TIMEOUT,
    expect_count,
    record_polls,
    row,
    set_count_by_sql,
    wait_for_click_guard,
)
from tests.factories import make_client, make_purchase


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


def test_typing_in_the_search_continues(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.get_by_label("Find a client").press_sequentially("an")

    set_count_by_sql(pack, 5)
    expect_count(page, pack, 5)

    expect(page.get_by_label("Find a client")).to_be_focused()
    page.keyboard.type("a")
    expect(page.get_by_label("Find a client")).to_have_value("ana")


def test_focus_stays_on_its_button(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.locator(f"#reinstate-{pack.pk}").focus()

    set_count_by_sql(pack, 10)  # Use disappears, and Reinstate is replaced
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(0, timeout=LIVE_TIMEOUT)
    expect(page.locator(f"#reinstate-{pack.pk}")).to_be_focused()
    expect(page.locator("#live-changes")).to_have_text("Ana Ruiz: 10 of 10 used")

    set_count_by_sql(pack, 0)  # Reinstate disappears: the next Enter must not use a session
    expect_count(page, pack, 0)
    expect(page.locator(f"#client-of-{pack.pk}")).to_be_focused()


@pytest.mark.parametrize("path", ["/purchases/{0.pk}/", "/clients/{0.client_id}/"])
def test_focus_moves_to_the_offer_if_the_row_has_no_client(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, path: str
) -> None:
    page = sign_in(window(), mia)
    page.goto(path.format(pack))
    page.locator(f"#use-{pack.pk}").focus()
    set_count_by_sql(pack, 10)
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(0, timeout=LIVE_TIMEOUT)
    expect(page.locator(f"{row(pack)} .offer")).to_be_focused()


def test_screen_reader_is_silent_about_rows_without_focus(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    set_count_by_sql(pack, 5)
    expect_count(page, pack, 5)
    expect(page.locator("#live-changes")).to_be_empty()


def test_open_menu_defers_the_buttons_but_not_the_count(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    note = page.locator(row(pack)).get_by_label("Note")
    page.locator(row(pack)).locator("summary").click()
    note.press_sequentially("water on")

    set_count_by_sql(pack, 10)
    expect_count(page, pack, 10)
    expect(page.locator("details[open]")).to_have_count(1)
    expect(note).to_be_focused()
    page.keyboard.type(" the floor")
    expect(note).to_have_value("water on the floor")
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(1)

    # After the menu closes, the buttons update and the typed note stays.
    page.keyboard.press("Escape")
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(0, timeout=LIVE_TIMEOUT)
    expect(page.locator(row(pack)).locator("summary")).to_be_focused()
    wait_for_click_guard(page)
    page.keyboard.press("Enter")
    expect(note).to_have_value("water on the floor")
    page.locator(row(pack)).get_by_role("button", name="Class cancelled").click()
    expect_count(page, pack, 9)


def test_active_button_is_not_replaced(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    box = page.locator(f"#reinstate-{pack.pk}").bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    set_count_by_sql(pack, 10)
    expect_count(page, pack, 10)
    page.mouse.up()  # the click ends on the button on which it began
    expect_count(page, pack, 9)


def wait_for_two_polls(other: Page, pack: Purchase, used: int) -> None:
    """Wait for the change on the other page and for two more of its polls.

    A page without a pending request would have updated by then.
    """
    expect_count(other, pack, used)
    for _ in range(2):
        with other.expect_response(lambda r: "/changes/" in r.url, timeout=LIVE_TIMEOUT):
            pass


def test_late_response_does_not_overwrite_a_newer_count(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    """The response takes longer than a poll, and the count changes in between."""
    context = window()
    page, other = sign_in(context, mia), context.new_page()
    other.goto("/purchases/")
    pending: list[Route] = []
    page.route("**/reinstate/", lambda route: pending.append(route))
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator(".htmx-request")).to_have_count(1)
    while not pending:
        page.wait_for_timeout(10)
    answer = pending[0].fetch()
    set_count_by_sql(pack, 8)
    wait_for_two_polls(other, pack, 8)
    with page.expect_event("request", lambda r: "/rows/" in r.url, timeout=LIVE_TIMEOUT):
        pending[0].fulfill(response=answer)  # has the outdated count 2 of 10
    expect_count(page, pack, 8)


def test_late_search_response_is_updated(
    window: Window, sign_in: SignIn, mia: User, northside: Org, pack: Purchase
) -> None:
    zoe = make_purchase(org=northside, client=make_client(org=northside, name="Zoë Ng"))
    context = window()
    page, other = sign_in(context, mia), context.new_page()
    other.goto("/purchases/")
    page.get_by_label("Find a client").fill("zo")
    expect(page.locator(row(pack))).to_have_count(0)
    expect_count(page, zoe, 3)
    pending: list[Route] = []
    page.route(re.compile(r"/purchases/\?q=ana"), lambda route: pending.append(route))
    page.get_by_label("Find a client").fill("ana")
    while not pending:
        page.wait_for_timeout(10)
    answer = pending[0].fetch()
    urls = record_polls(page)
    set_count_by_sql(pack, 8)
    wait_for_two_polls(other, pack, 8)
    pending[0].fulfill(response=answer)
    expect_count(page, pack, 8)
    assert any(str(pack.pk) in url for url in urls)
