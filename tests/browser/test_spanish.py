"""Spanish texts are longer than English ones. The pages must have room for them."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import FloatRect, Page, expect

from purchases.models import Org
from studio.models import Policy, User
from tests.allowances.limits import allow, reinstate_times
from tests.browser.conftest import SignIn, Window
from tests.expiry.extensions import extended_by, extension_undone_by
from tests.factories import make_client, make_purchase, make_user
from tests.purchase_kinds import PACKS, make_pack
from tests.shared_desk.people import give_pin

pytestmark = pytest.mark.django_db(transaction=True)

# Returns the buttons, choices and links of the top menu whose text wraps or is cut off.
WRAPPED = """
    () => [...document.querySelectorAll(".button, .states a, .top nav a, .menu button")]
        .filter((part) => part.checkVisibility() && part.textContent.trim())
        .filter((part) => {
            const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
            const lines = (text) => {
                const words = document.createRange();
                words.selectNode(text);
                return new Set([...words.getClientRects()].map((box) => Math.round(box.top))).size;
            };
            while (texts.nextNode()) if (lines(texts.currentNode) > 1) return true;
            return part.scrollWidth > part.clientWidth + 1;
        })
        .map((part) => part.textContent.trim())
"""


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_pages_have_room_for_spanish(
    window: Window, sign_in: SignIn, mia: User, northside: Org, width: int
) -> None:
    Policy.objects.create(org=northside, language="es")
    for kind in PACKS:
        make_pack(org=northside, kind=kind)
    client = make_client(org=northside, name="Ana Ruiz")
    pack = make_purchase(org=northside, client=client)
    page = sign_in(window(viewport={"width": width, "height": 800}), mia)
    expect(page.locator("html")).to_have_attribute("lang", "es")

    page.locator("summary").first.click()
    expect(page.locator("[open] > .menu")).to_be_visible()
    assert_all_fits(page, width)
    page.keyboard.press("Escape")
    page.locator(".reinstate > .button").first.click()
    page.locator("#note .undo").wait_for()
    assert_all_fits(page, width)
    for path in [
        reverse("purchases:purchase_detail", args=[pack.pk]),
        reverse("purchases:client_detail", args=[client.pk]),
        reverse("purchases:cancelled_class"),
    ]:
        page.goto(path)
        assert_all_fits(page, width)


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_date_of_an_expiry_fits_in_one_line(
    window: Window, sign_in: SignIn, mia: User, northside: Org, width: int
) -> None:
    Policy.objects.create(org=northside, language="es")
    pack = make_pack(org=northside, kind="expired")
    page = sign_in(window(viewport={"width": width, "height": 800}), mia)
    day = page.locator(f"#purchase-{pack.pk} .expiry .stopped")
    expect(day).to_have_text(re.compile("^caducó el "))

    # No date of this year has a longer text.
    day.locator("time").evaluate("(time) => (time.textContent = '28 may')")

    lines = "(day) => new Set([...day.getClientRects()].map((box) => Math.round(box.top))).size"
    assert day.evaluate(lines) == 1


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_menus_notes_and_dialogs_have_room_for_spanish(
    window: Window, sign_in: SignIn, mia: User, olivia: User, northside: Org, width: int
) -> None:
    Policy.objects.create(org=northside, language="es")
    allow(northside, 2)
    pack = make_purchase(org=northside)
    reinstate_times(mia, pack, times=2)
    expired = make_pack(org=northside, kind="expired")
    for user in (mia, olivia, make_user(username="noah", org=northside)):
        give_pin(user)
    page = sign_in(window(viewport={"width": width, "height": 800}), mia)

    row = page.locator(f"#purchase-{pack.pk}")
    row.locator("summary").click()
    expect(row.get_by_text("3º en 30 días: confirma un titular")).to_be_visible()
    assert_all_fits(page, width)
    page.wait_for_timeout(550)  # the click guard blocks clicks on a menu that has just opened
    row.get_by_role("button", name="Cancelación tardía perdonada").click()
    expect(page.locator("#secret")).to_be_visible()
    assert_all_fits(page, width)
    page.locator("#note .dismiss").click()

    page.locator(f"#reinstate-{expired.pk}").click()
    expect(page.locator("#note .extend-now")).to_be_visible()
    assert_all_fits(page, width)
    assert_close_button_is_at_the_top(page)
    page.goto(reverse("purchases:purchase_detail", args=[pack.pk]))
    assert_all_fits(page, width)
    extension = extended_by(mia, expired, note="enferma")
    extension_undone_by(mia, extension)
    extended_by(mia, expired)
    page.goto(reverse("purchases:purchase_detail", args=[expired.pk]))
    expect(page.locator(".timeline [data-kind=expiry-undone]")).to_be_visible()
    assert_all_fits(page, width)

    page.locator(".top .who a").click()
    expect(page.get_by_role("dialog").get_by_label("PIN")).to_be_visible()
    assert_all_fits(page, width)
    page.keyboard.press(".")
    expect(page.get_by_text("Recepción está bloqueada.")).to_be_visible()
    assert_all_fits(page, width)


def assert_close_button_is_at_the_top(page: Page) -> None:
    """Assert that the close button is at the end of the first line and overlaps no text."""
    note, text, button = (box_of(page, part) for part in ("#note", "#note .notice", ".dismiss"))
    assert button["x"] >= text["x"] + text["width"]
    assert button["x"] + button["width"] <= note["x"] + note["width"]
    assert note["y"] <= button["y"] <= note["y"] + button["height"]


def box_of(page: Page, part: str) -> FloatRect:
    box = page.locator(part).bounding_box()
    assert box
    return box


def assert_all_fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert page.evaluate(WRAPPED) == [], page.url
