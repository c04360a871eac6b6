"""The seals on a screen, on a phone and on paper, and a receipt that is checked by keyboard."""

import re
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from purchases.models import Org, Purchase, Seal
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_client, make_purchase
from tests.ledger import reinstated_by, used_by
from tests.seals.sealing import seal_now

CODE = r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}"


@pytest.fixture
def pack(northside: Org, mia: User) -> Purchase:
    """Return a purchase with four sealed lines."""
    ana = make_client(org=northside, name="Ana Ruiz", email="ana@example.com")
    purchase = make_purchase(org=northside, client=ana)
    used_by(mia, purchase, note="by phone")
    seal_now()
    used_by(mia, purchase)
    reinstated_by(mia, purchase, reason="class_cancelled")
    seal_now()
    return purchase


@pytest.mark.parametrize("width", [1200, 390])
def test_the_owner_reaches_the_seals_from_the_desk(
    window: Window, sign_in: SignIn, olivia: User, pack: Purchase, width: int
) -> None:
    page = sign_in(window(viewport={"width": width, "height": 800}), olivia)
    page.goto(reverse("purchases:purchase_list"))

    page.get_by_role("link", name="Studio", exact=True).click()
    page.get_by_role("link", name="Seals").click()
    # The text is there before the style sheets are.
    page.wait_for_load_state()

    newest = Seal.objects.latest("number")
    assert page.locator(".seals li").first.inner_text().endswith(f" · 2 events · {newest.code}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits"


def test_the_seals_fit_one_sheet(
    window: Window, sign_in: SignIn, olivia: User, pack: Purchase
) -> None:
    page = sign_in(window(), olivia)
    page.goto(reverse("purchases:seal_list"))

    [sheet] = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    text = " ".join(sheet.extract_text().split())

    newest = Seal.objects.latest("number")
    assert newest.code in text
    assert newest.full_code in text.replace(" ", "")
    assert "Check a receipt" not in text


def test_a_printed_receipt_is_checked_by_keyboard(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto(reverse("purchases:purchase_detail", args=[pack.pk]))
    receipts = page.locator(".receipt").all()
    assert len(receipts) == 4
    assert not any(receipt.is_visible() for receipt in receipts), "on paper only"
    [sheet] = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    printed = re.findall(rf"(C\d+) · ({CODE})", sheet.extract_text())
    assert len(printed) == 4

    page.get_by_role("link", name="Check a receipt").click()
    line, code = printed[0]
    page.locator("[name=line]:focus").wait_for()
    page.keyboard.type(line)
    page.keyboard.press("Tab")
    page.keyboard.type(code.lower())
    page.keyboard.press("Enter")

    page.get_by_text("As it was written.", exact=True).wait_for()
    page.get_by_label("Code").fill("0000-0000-0000")
    page.keyboard.press("Enter")
    page.get_by_text("Changed since.", exact=True).wait_for()
