"""Pages in a right-to-left language are mirrored, and their layout holds."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from purchases.models import Org
from studio.models import Policy, User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_client, make_purchase
from tests.pages import LIST

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = {"desk": 1440, "tablet": 1024, "phone": 390}


@pytest.fixture(autouse=True)
def hebrew(northside: Org) -> None:
    """The org's language is Hebrew. Its texts are not translated, so they stay English."""
    Policy.objects.create(org=northside, language="he")


def center(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2


@pytest.mark.parametrize("device", WIDTHS)
def test_page_is_mirrored_without_overflow(
    window: Window, sign_in: SignIn, mia: User, northside: Org, device: str
) -> None:
    client = make_client(org=northside, name="ליאור Cohen", phone="0412 345 678")
    pack = make_purchase(org=northside, client=client)
    width = WIDTHS[device]
    page = sign_in(window(viewport={"width": width, "height": 800}), mia)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")

    for path in [
        LIST,
        reverse("purchases:purchase_detail", args=[pack.pk]),
        reverse("purchases:client_detail", args=[client.pk]),
        reverse("purchases:cancelled_class"),
    ]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(LIST)
    # On a phone the first link stands for the studio's name.
    first = ".top nav a" if device == "phone" else ".brand"
    assert center(page, first) > width / 2, "the header begins on the right"
    if device != "phone":
        assert center(page, ".client") > center(page, ".button.main")


def test_menu_of_reasons_stays_within_the_page(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchase(org=northside)
    page = sign_in(window(viewport={"width": 390, "height": 800}), mia)

    page.locator("summary").first.click()
    menu = page.locator(".menu").first.bounding_box()

    assert menu
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= 390


def test_arrow_of_a_count_points_to_the_new_count(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    page.locator("form.use button").click()
    expect(page.locator(".count small")).to_have_text("4 of 10 used")

    page.goto(reverse("purchases:purchase_detail", args=[pack.pk]))
    change = page.locator(".history .used bdi").first

    expect(change).to_have_text("3 → 4")
    assert change.evaluate("part => getComputedStyle(part).direction") == "ltr"
