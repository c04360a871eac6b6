"""Printing: a client's purchases, or the history of a purchase, on one page each."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pypdf import PdfReader

from purchases import operations
from purchases.models import Org, Purchase
from purchases.operations.commands import Reinstate
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_client, make_offer, make_purchase


@pytest.fixture
def packs(northside: Org, mia: User) -> list[Purchase]:
    """Twelve packs of Ana, one of them with three reinstatements."""
    ana = make_client(org=northside, name="Ana Ruiz", email="ana@example.com")
    offer = make_offer(org=northside, name="10-class pack, reformer and mat")
    now = timezone.now()
    packs = [
        make_purchase(
            org=northside,
            client=ana,
            offer=offer,
            used=used,
            purchased_at=now - timedelta(days=30 * (12 - used)),
            expires_at=now + timedelta(days=30 * (used - 4)),
        )
        for used in [3, *range(10), 10]
    ]
    for reason in ("class_cancelled", "late_cancel_forgiven", "instructor_absent"):
        operations.reinstate(
            member=mia.membership,
            purchase=packs[0],
            command=Reinstate(request_id=uuid4(), reason=reason),
        )
    return packs


@pytest.fixture
def printed(
    window: Window, sign_in: SignIn, mia: User, packs: list[Purchase]
) -> Callable[[str], list[str]]:
    """A function that prints a page and returns the text of each sheet."""
    page: Page = sign_in(window(color_scheme="dark"), mia)

    def print_page(path: str) -> list[str]:
        page.goto(path)
        paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
        return [" ".join(sheet.extract_text().split()) for sheet in paper.pages]

    return print_page


def test_client_prints_on_one_page(
    printed: Callable[[str], list[str]], packs: list[Purchase]
) -> None:
    [sheet] = printed(f"/clients/{packs[0].client_id}/")

    assert re.match("Northside Pilates Ana Ruiz", sheet)
    assert len(re.findall("10-class pack", sheet)) == 12
    assert "0 of 10 used" in sheet
    assert re.search("Expires|expired", sheet)
    assert "Late cancel forgiven 1 1 1" in sheet
    assert "Printed" in sheet
    for button in ("Reinstate", "Sign out", "Desk", "Class cancelled Admin", "Use "):
        assert button not in sheet


def test_history_of_a_pack_prints_on_one_page(
    printed: Callable[[str], list[str]], packs: list[Purchase]
) -> None:
    [sheet] = printed(f"/purchases/{packs[0].pk}/")

    assert re.match("Northside Pilates Ana Ruiz", sheet)
    assert sheet.count("Session reinstated") == 3
    assert "class cancelled" in sheet
    for button in ("Undo", "Reinstate this", "Extend", "or until", "Sign out", "through"):
        assert button not in sheet


# Returns the font size of each element and the left edge of its text.
SIZES = """
    (parts) => parts.map((part) => {
        const element = document.querySelector(part);
        const words = document.createRange();
        words.selectNodeContents(element);
        return [parseFloat(getComputedStyle(element).fontSize), words.getBoundingClientRect().left];
    })
"""


@pytest.mark.parametrize("kind", ["clients", "purchases"])
def test_sessions_left_have_the_largest_font_of_the_row(
    window: Window, sign_in: SignIn, mia: User, packs: list[Purchase], kind: str
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/{kind}/{packs[0].client_id if kind == 'clients' else packs[0].pk}/")
    page.emulate_media(media="print")

    (left, _), (offer, _), (expiry, _) = page.evaluate(
        SIZES, [".count strong", "td.what .offer", "td.expiry span"]
    )

    assert left >= 1.5 * max(offer, expiry)


def test_facts_of_a_pack_align_with_its_name(
    window: Window, sign_in: SignIn, mia: User, packs: list[Purchase]
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{packs[0].pk}/")
    page.emulate_media(media="print")

    (_, facts), (_, offer) = page.evaluate(SIZES, [".facts", "td.what .offer"])

    assert facts == pytest.approx(offer, abs=0.5)


def test_print_is_white_in_dark_mode(
    window: Window, sign_in: SignIn, mia: User, packs: list[Purchase]
) -> None:
    page = sign_in(window(color_scheme="dark"), mia)
    page.goto(f"/clients/{packs[0].client_id}/")
    page.emulate_media(media="print")

    text_color = "getComputedStyle(document.querySelector('h1')).color"
    # A lightness of 24 %, as in light mode.
    assert page.evaluate(text_color).startswith("oklch(0.24 ")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgba(0, 0, 0, 0)"
