"""On paper: a client's purchases, and what happened to one of them, each on one clean page."""

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
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_client, make_offer, make_purchase


@pytest.fixture
def packs(northside: Org, mia: User) -> list[Purchase]:
    """Twelve of Ana's, one of them given back three times."""
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
            member=mia.membership, purchase=packs[0], request_id=uuid4(), reason=reason
        )
    return packs


@pytest.fixture
def printed(
    window: Window, sign_in: SignIn, mia: User, packs: list[Purchase]
) -> Callable[[str], list[str]]:
    """The words of each page of paper."""
    page: Page = sign_in(window(color_scheme="dark"), mia)

    def printed(path: str) -> list[str]:
        page.goto(path)
        paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
        return [" ".join(sheet.extract_text().split()) for sheet in paper.pages]

    return printed


def test_a_client_takes_home_one_page(
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


def test_what_happened_to_a_pack_fits_on_one_page(
    printed: Callable[[str], list[str]], packs: list[Purchase]
) -> None:
    [sheet] = printed(f"/purchases/{packs[0].pk}/")

    assert re.match("Northside Pilates Ana Ruiz", sheet)
    assert sheet.count("Session reinstated") == 3
    assert "class cancelled" in sheet
    for button in ("Undo", "Reinstate this", "Extend", "or until", "Sign out", "through"):
        assert button not in sheet


# How large each is, and where its words begin.
SIZES = """
    (parts) => parts.map((part) => {
        const element = document.querySelector(part);
        const words = document.createRange();
        words.selectNodeContents(element);
        return [parseFloat(getComputedStyle(element).fontSize), words.getBoundingClientRect().left];
    })
"""


@pytest.mark.parametrize("of", ["clients", "purchases"])
def test_what_is_left_is_the_biggest_of_its_row(
    window: Window, sign_in: SignIn, mia: User, packs: list[Purchase], of: str
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/{of}/{packs[0].client_id if of == 'clients' else packs[0].pk}/")
    page.emulate_media(media="print")

    (left, _), (offer, _), (expiry, _) = page.evaluate(
        SIZES, [".count strong", "td.what .offer", "td.expiry span"]
    )

    assert left >= 1.5 * max(offer, expiry)


def test_the_facts_of_a_pack_begin_where_its_name_does(
    window: Window, sign_in: SignIn, mia: User, packs: list[Purchase]
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{packs[0].pk}/")
    page.emulate_media(media="print")

    (_, facts), (_, offer) = page.evaluate(SIZES, [".facts", "td.what .offer"])

    assert facts == pytest.approx(offer, abs=0.5)


def test_paper_is_white_in_the_dark_too(
    window: Window, sign_in: SignIn, mia: User, packs: list[Purchase]
) -> None:
    page = sign_in(window(color_scheme="dark"), mia)
    page.goto(f"/clients/{packs[0].client_id}/")
    page.emulate_media(media="print")

    shown = "getComputedStyle(document.querySelector('h1')).color"
    # Of a lightness of 24 %, as by day.
    assert page.evaluate(shown).startswith("oklch(0.24 ")
    shade = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(shade) == "rgba(0, 0, 0, 0)"
