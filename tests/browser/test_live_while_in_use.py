"""A change that comes from elsewhere is in nobody's way."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import SOON, by_sql, polls_of, row, shows, wait_for_click_guard
from tests.factories import make_client, make_purchase


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


def test_typing_in_the_search_goes_on(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.get_by_label("Find a client").press_sequentially("an")

    by_sql(pack, 5)
    shows(page, pack, 5)

    expect(page.get_by_label("Find a client")).to_be_focused()
    page.keyboard.type("a")
    expect(page.get_by_label("Find a client")).to_have_value("ana")


def test_the_focus_stays_on_its_button(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.locator(f"#reinstate-{pack.pk}").focus()

    by_sql(pack, 10)  # Use goes away, and Reinstate is made anew
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(0, timeout=SOON)
    expect(page.locator(f"#reinstate-{pack.pk}")).to_be_focused()
    expect(page.locator("#live-changes")).to_have_text("Ana Ruiz: 10 of 10 used")

    by_sql(pack, 0)  # and now Reinstate goes away: the next Enter must not use a session
    shows(page, pack, 0)
    expect(page.locator(f"#client-of-{pack.pk}")).to_be_focused()


@pytest.mark.parametrize("page_of", ["/purchases/{0.pk}/", "/clients/{0.client_id}/"])
def test_where_the_row_does_not_name_the_client_it_goes_to_the_offer(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, page_of: str
) -> None:
    page = sign_in(window(), mia)
    page.goto(page_of.format(pack))
    page.locator(f"#use-{pack.pk}").focus()
    by_sql(pack, 10)
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(0, timeout=SOON)
    expect(page.locator(f"{row(pack)} .offer")).to_be_focused()


def test_a_screen_reader_is_not_told_about_rows_that_it_does_not_read(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    by_sql(pack, 5)
    shows(page, pack, 5)
    expect(page.locator("#live-changes")).to_be_empty()


def test_an_open_menu_and_a_note_in_it_wait_and_the_count_beside_it_does_not(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    note = page.locator(row(pack)).get_by_label("Note")
    page.locator(row(pack)).locator("summary").click()
    note.press_sequentially("water on")

    by_sql(pack, 10)
    shows(page, pack, 10)
    expect(page.locator("details[open]")).to_have_count(1)
    expect(note).to_be_focused()
    page.keyboard.type(" the floor")
    expect(note).to_have_value("water on the floor")
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(1)

    # Free again, the buttons follow, and what was typed is kept.
    page.keyboard.press("Escape")
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(0, timeout=SOON)
    expect(page.locator(row(pack)).locator("summary")).to_be_focused()
    wait_for_click_guard(page)
    page.keyboard.press("Enter")
    expect(note).to_have_value("water on the floor")
    page.locator(row(pack)).get_by_role("button", name="Class cancelled").click()
    shows(page, pack, 9)


def test_a_button_under_the_finger_is_not_taken_away(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    box = page.locator(f"#reinstate-{pack.pk}").bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    by_sql(pack, 10)
    shows(page, pack, 10)
    page.mouse.up()  # a click, on the button that it began on
    shows(page, pack, 9)


def seen_and_looked_again(other: Page, pack: Purchase, used: int) -> None:
    """By now a page that does not wait for its own request has seen the change too."""
    shows(other, pack, used)
    for _ in range(2):
        with other.expect_response(lambda r: "/changes/" in r.url, timeout=SOON):
            pass


def test_ones_own_press_is_right_whatever_comes_meanwhile(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    """The answer is on its way for longer than a look takes; a change comes in between."""
    context = window()
    page, other = sign_in(context, mia), context.new_page()
    other.goto("/purchases/")
    held: list[Route] = []
    page.route("**/reinstate/", lambda route: held.append(route))
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator(".htmx-request")).to_have_count(1)
    while not held:
        page.wait_for_timeout(10)
    answer = held[0].fetch()
    by_sql(pack, 8)
    seen_and_looked_again(other, pack, 8)
    with page.expect_event("request", lambda r: "/rows/" in r.url, timeout=SOON):
        held[0].fulfill(response=answer)  # says 2 of 10 used, which was true
    shows(page, pack, 8)


def test_a_search_that_was_answered_before_the_change_does_not_stay_old(
    window: Window, sign_in: SignIn, mia: User, northside: Org, pack: Purchase
) -> None:
    zoe = make_purchase(org=northside, client=make_client(org=northside, name="Zoë Ng"))
    context = window()
    page, other = sign_in(context, mia), context.new_page()
    other.goto("/purchases/")
    page.get_by_label("Find a client").fill("zo")
    expect(page.locator(row(pack))).to_have_count(0)
    shows(page, zoe, 3)
    held: list[Route] = []
    page.route(re.compile(r"/purchases/\?q=ana"), lambda route: held.append(route))
    page.get_by_label("Find a client").fill("ana")
    while not held:
        page.wait_for_timeout(10)
    answer = held[0].fetch()
    asked = polls_of(page)
    by_sql(pack, 8)
    seen_and_looked_again(other, pack, 8)
    held[0].fulfill(response=answer)
    shows(page, pack, 8)
    assert any(str(pack.pk) in url for url in asked)
