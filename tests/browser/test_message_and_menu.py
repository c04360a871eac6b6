"""The message of an action is one key away, and menus open inside the window."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import PHONE, SignIn, Window
from tests.factories import make_client, make_purchase, make_purchases
from tests.purchase_kinds import used


def test_key_moves_the_focus_to_the_message_and_back(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """Fifty rows are between the row and the message."""
    pack = make_purchases(org=northside, count=50)[0]
    page = sign_in(window(), mia)
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    undo = page.locator("#note").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    page.wait_for_timeout(550)  # the click guard blocks the second half of a double click

    page.keyboard.press(",")
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "3")
    expect(page.locator(f"#reinstate-{pack.pk}")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#reinstate-{pack.pk}")).not_to_be_focused()


def test_escape_closes_the_message_and_keeps_the_search(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    page.keyboard.type("ana")
    expect(page.locator("#result-count")).to_have_text("1 client for “ana”")
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note .notice")).to_be_visible()

    page.get_by_label("Find a client").focus()
    page.keyboard.press("Escape")

    expect(page.locator("#note .notice")).to_have_count(0)
    expect(page.get_by_label("Find a client")).to_have_value("ana")


WIDTHS = {1440: 900, 1024: 768, 820: 1180, 390: 844}


@pytest.mark.parametrize(("width", "height"), WIDTHS.items())
def test_message_hides_no_row_and_no_button(
    window: Window, sign_in: SignIn, mia: User, northside: Org, width: int, height: int
) -> None:
    """Everything that was in sight before is still in sight, or has moved down."""
    client = make_client(org=northside, name="Bartholomew Featherstonehaugh-Cholmondeley")
    expired = timezone.now() - timedelta(days=3)
    make_purchases(org=northside, count=30)
    pack = make_purchase(org=northside, client=client, expires_at=expired)
    page = sign_in(window(viewport={"width": width, "height": height}), mia)
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note")).to_contain_text("8 of 10 left. The pack expired on")

    for top in (0, 700):
        page.evaluate(f"scrollTo(0, {top})")
        message = page.locator("#note").bounding_box()
        assert message
        assert message["x"] >= 0
        assert message["x"] + message["width"] <= width
        covered = page.evaluate(COVERED_BY_MESSAGE)
        assert covered == []
        for button in page.locator("#note button").all():
            assert button.evaluate(IS_UNCOVERED)


# The rows and controls below the sticky search whose corner or center is under the message.
COVERED_BY_MESSAGE = """
() => {
    const note = document.getElementById("note").getBoundingClientRect();
    const line = document.querySelector(".finder-line").getBoundingClientRect();
    const things = document.querySelectorAll(
        "tbody tr, main a, main button:not(#note *), main input:not([type=hidden]), .top a");
    return [...things].filter((thing) => {
        if (thing.closest("#note")) return false;
        const box = thing.getBoundingClientRect();
        if (!box.width || box.bottom <= line.bottom) {
            if (!thing.closest(".finder-line")) return false;
        }
        const visibleTop = thing.closest(".finder-line") ? box.top : Math.max(box.top, line.bottom);
        return box.left < note.right && box.right > note.left
            && visibleTop < note.bottom && box.bottom > note.top;
    }).map((thing) => thing.outerHTML.slice(0, 80));
}
"""


def test_tablet_held_upright_shows_a_table_and_a_phone_the_first_client(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchases(org=northside, count=30)
    tablet = sign_in(window(viewport={"width": 820, "height": 1180}), mia)
    assert tablet.locator(".desk tbody tr").first.evaluate(DISPLAY) == "table-row"
    boxes = [
        button.bounding_box()
        for button in tablet.locator("tr .actions")
        .first.locator(".reinstate > .button, .use .button")
        .all()
    ]
    (reinstate, use) = [box for box in boxes if box]
    assert reinstate["y"] == use["y"]
    assert not tablet.evaluate(SCROLLS_SIDEWAYS)

    phone = sign_in(window(**PHONE), mia)
    first = phone.locator(".desk .client").first.bounding_box()
    size = phone.viewport_size
    assert first
    assert size
    assert first["y"] + first["height"] < size["height"] / 3
    assert not phone.evaluate(SCROLLS_SIDEWAYS)


DISPLAY = "(element) => getComputedStyle(element).display"
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


def rows_with_an_open_menu(page: Page) -> Iterator[Locator]:
    """Yield each row of the desk with its menu of reasons open."""
    for row in page.locator(".desk tbody tr").all():
        opener = row.locator(".why > summary")
        opener.scroll_into_view_if_needed()
        opener.click()
        yield row
        page.keyboard.press("Escape")


# True if no other element covers the center of the element.
IS_UNCOVERED = """
    (element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
    }
"""


@pytest.mark.parametrize(
    ("width", "height"), [(1440, 900), (1024, 768), (390, 844), (390, 700), (360, 740)]
)
def test_menu_of_reasons_fits_the_window_and_shows_the_client(
    window: Window, sign_in: SignIn, mia: User, northside: Org, width: int, height: int
) -> None:
    make_purchases(org=northside, count=12)
    page = sign_in(window(viewport={"width": width, "height": height}), mia)
    for row in rows_with_an_open_menu(page):
        expect(row.locator(".menu")).to_be_in_viewport(ratio=1)
        assert row.locator(".client").evaluate(IS_UNCOVERED)


@pytest.mark.parametrize(("width", "height"), [(640, 360), (667, 375), (390, 600), (320, 480)])
def test_menu_of_reasons_fills_a_low_window(
    window: Window, sign_in: SignIn, mia: User, northside: Org, width: int, height: int
) -> None:
    """The menu may cover the client's name. If it is higher than the window, it fills the window,
    and Tab and the arrow keys scroll to the rest."""
    make_purchases(org=northside, count=12)
    page = sign_in(window(viewport={"width": width, "height": height}), mia)
    for row in rows_with_an_open_menu(page):
        menu = row.locator(".menu").bounding_box()
        assert menu
        share = min(1.0, 0.9 * height / menu["height"])
        expect(row.locator(".menu")).to_be_in_viewport(ratio=share)


def test_second_tap_chooses_no_reason_if_the_page_scrolled(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchases(org=northside, count=12)
    page = sign_in(window(**PHONE), mia)
    row = page.locator(".desk tbody tr").last
    opener = row.locator(".why > summary")
    opener.scroll_into_view_if_needed()
    box = opener.bounding_box()
    assert box
    point = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.touchscreen.tap(*point)
    expect(row.locator(".menu")).to_be_in_viewport(ratio=1)
    is_reason = "([x, y]) => document.elementFromPoint(x, y).closest('.menu button') !== null"
    assert page.evaluate(is_reason, point), "a reason has moved under the finger"
    page.touchscreen.tap(*point)

    page.wait_for_timeout(550)
    assert set(Purchase.objects.values_list("sessions_used", flat=True)) == {3}
    row.get_by_role("button", name="Other").tap()
    expect(page.locator("#note .notice")).to_be_visible()


def test_action_without_a_connection_keeps_the_page(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """Test the page of a pack, because an action on it loads a new page."""
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


def test_table_of_reinstatements_on_a_phone_shows_its_periods(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(viewport={"width": 390, "height": 844}), mia)
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note .notice")).to_be_visible()
    page.goto(f"/clients/{pack.client_id}/")

    for head in ("Last 30 days", "90 days", "A year"):
        expect(page.get_by_role("columnheader", name=head, exact=True)).to_be_visible()
