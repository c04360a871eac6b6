"""What comes of a press is within reach: the message below by one key, and a menu in the window."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import PHONE, SignIn, Window
from tests.factories import make_purchase, make_purchases
from tests.purchase_kinds import used


def test_a_key_goes_to_the_message_and_the_focus_comes_back_to_the_row(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """However many rows stand between them."""
    pack = make_purchases(org=northside, count=50)[0]
    page = sign_in(window(), mia)
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    undo = page.locator("#note").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    page.wait_for_timeout(550)  # what just came takes no press: it may be half of a double click

    page.keyboard.press(",")
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "3")
    expect(page.locator(f"#reinstate-{pack.pk}")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#reinstate-{pack.pk}")).not_to_be_focused()


def test_esc_closes_the_message_and_keeps_the_search(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    page.keyboard.type("ana")
    expect(page.locator("#result-count")).to_have_text("1 purchase for “ana”")
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note .notice")).to_be_visible()

    page.get_by_label("Find a client").focus()
    page.keyboard.press("Escape")

    expect(page.locator("#note .notice")).to_have_count(0)
    expect(page.get_by_label("Find a client")).to_have_value("ana")


def rows_with_an_open_menu(page: Page) -> Iterator[Locator]:
    """One row of the desk after the other, each with its menu of reasons open."""
    for row in page.locator(".desk tbody tr").all():
        opener = row.locator(".why > summary")
        opener.scroll_into_view_if_needed()
        opener.click()
        yield row
        page.keyboard.press("Escape")


# Whether nothing lies above it.
IS_SEEN = """
    (element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
    }
"""


@pytest.mark.parametrize(
    ("width", "height"), [(1440, 900), (1024, 768), (390, 844), (390, 700), (360, 740)]
)
def test_the_menu_of_reasons_is_in_the_window_from_any_row_and_says_for_whom(
    window: Window, sign_in: SignIn, mia: User, northside: Org, width: int, height: int
) -> None:
    make_purchases(org=northside, count=12)
    page = sign_in(window(viewport={"width": width, "height": height}), mia)
    for row in rows_with_an_open_menu(page):
        expect(row.locator(".menu")).to_be_in_viewport(ratio=1)
        assert row.locator(".client").evaluate(IS_SEEN)


@pytest.mark.parametrize(("width", "height"), [(640, 360), (667, 375), (390, 600), (320, 480)])
def test_in_a_low_window_the_menu_of_reasons_shows_all_that_there_is_room_for(
    window: Window, sign_in: SignIn, mia: User, northside: Org, width: int, height: int
) -> None:
    """Rather the menu than the name of the client. Where it is higher than the window, as much of
    it as there is room for: Tab and the arrow keys lead to the rest."""
    make_purchases(org=northside, count=12)
    page = sign_in(window(viewport={"width": width, "height": height}), mia)
    for row in rows_with_an_open_menu(page):
        menu = row.locator(".menu").bounding_box()
        assert menu
        share = min(1.0, 0.9 * height / menu["height"])
        expect(row.locator(".menu")).to_be_in_viewport(ratio=share)


def test_a_second_tap_on_its_button_chooses_no_reason_where_the_page_moved(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchases(org=northside, count=12)
    page = sign_in(window(**PHONE), mia)
    row = page.locator(".desk tbody tr").last
    opener = row.locator(".why > summary")
    opener.scroll_into_view_if_needed()
    box = opener.bounding_box()
    assert box
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.touchscreen.tap(*place)
    expect(row.locator(".menu")).to_be_in_viewport(ratio=1)
    is_there = "([x, y]) => document.elementFromPoint(x, y).closest('.menu button') !== null"
    assert page.evaluate(is_there, place), "a reason lies where the button was"
    page.touchscreen.tap(*place)

    page.wait_for_timeout(550)
    assert set(Purchase.objects.values_list("sessions_used", flat=True)) == {3}
    row.get_by_role("button", name="Other").tap()
    expect(page.locator("#note .notice")).to_be_visible()


def test_a_press_without_a_connection_leaves_no_page(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """Where it would load one."""
    pack = make_purchase(org=northside)
    context = window()
    page = sign_in(context, mia)
    page.goto(f"/purchases/{pack.pk}/")
    context.set_offline(True)

    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note")).to_contain_text("No answer from the server.")
    assert used(pack) == 3

    context.set_offline(False)
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note")).to_contain_text("Session reinstated for Ana Ruiz.")


def test_on_a_phone_the_sessions_given_back_say_within_what_time(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(viewport={"width": 390, "height": 844}), mia)
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note .notice")).to_be_visible()
    page.goto(f"/clients/{pack.client_id}/")

    for head in ("Last 30 days", "90 days", "A year"):
        expect(page.get_by_role("columnheader", name=head, exact=True)).to_be_visible()
