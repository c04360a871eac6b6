"""Spanish says things longer: the pages have room for it."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from purchases.models import Org
from studio.models import Policy, User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_client, make_purchase
from tests.packs import PACKS, make_pack

pytestmark = pytest.mark.django_db(transaction=True)

# The words of a button, of a choice or of the menu at the top stand in one line, whole.
WRAPPED = """
    () => [...document.querySelectorAll(".button, .states a, .top nav a, .menu button")]
        .filter((part) => part.checkVisibility() && part.textContent.trim())
        .filter((part) => {
            const words = document.createRange();
            words.selectNodeContents(part);
            const lines = new Set([...words.getClientRects()].map((box) => Math.round(box.top)));
            return lines.size > 1 || part.scrollWidth > part.clientWidth + 1;
        })
        .map((part) => part.textContent.trim())
"""


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_pages_have_room_for_spanish(
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


def assert_all_fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert page.evaluate(WRAPPED) == [], page.url
