"""WCAG 2.2 AA on every page and state: at any width, light and dark, in colours that the person
chose, with their spacing, and by keyboard alone. The states are listed in states.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from purchases.models import Org
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.states import STATES, Visit, one_of_each
from tests.factories import make_purchase, make_purchases

PHONE: ViewportSize = {"width": 390, "height": 844}
TABLET: ViewportSize = {"width": 1024, "height": 768}
DESK: ViewportSize = {"width": 1440, "height": 900}
# A desk and a tablet at 200 %, and a desk at 400 %, which is the narrowest that WCAG asks for.
ZOOMED: list[ViewportSize] = [
    {"width": 720, "height": 450},
    {"width": 512, "height": 384},
    {"width": 320, "height": 256},
]
MEASURES = (Path(__file__).parent / "measures.js").read_text()


def assert_nothing_to_mend(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def measure(page: Page, what: str) -> Any:
    page.evaluate(f"window.measures ?? {MEASURES}")
    return page.evaluate(f"measures.{what}()")


@pytest.fixture(params=STATES)
def page(
    request: pytest.FixtureRequest,
    window: Window,
    sign_in: SignIn,
    northside: Org,
    mia: User,
    ada: User,
    nora: User,
    monkeypatch: pytest.MonkeyPatch,
    console: list[str],
) -> Iterator[Page]:
    """Each state in turn."""
    people = {"mia": mia, "ada": ada, "nora": nora}
    # What only fades in is not to be measured half way.
    context = window(viewport=DESK, reduced_motion="reduce")
    visit = Visit(context, sign_in, northside, people, one_of_each(northside), monkeypatch)
    yield STATES[request.param](visit)
    # Errors are pages here, and the browser logs each of them.
    console.clear()


def test_every_state(page: Page) -> None:
    found = []
    for viewport in (DESK, TABLET, PHONE):
        page.set_viewport_size(viewport)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert_nothing_to_mend(page)
        found += laid_out_badly(page)
    page.emulate_media(forced_colors="active")
    assert_nothing_to_mend(page)
    page.emulate_media(forced_colors="none")
    for viewport in ZOOMED:
        page.set_viewport_size(viewport)
        found += laid_out_badly(page)

    page.set_viewport_size(DESK)
    assert_every_control_is_reached_and_seen(page, "Tab")

    measure(page, "space")
    for viewport in (DESK, TABLET, PHONE):
        page.set_viewport_size(viewport)
        # The height of a line is the person's now, and so is that of a link.
        spaced = [what for what in laid_out_badly(page) if "tooSmall" not in what]
        found += [f"spaced: {what}" for what in spaced]
    assert found == []


def laid_out_badly(page: Page) -> list[str]:
    """Targets under 24 px, text that is cut off or lies on other text, and what is too wide."""
    width = page.evaluate("innerWidth")
    measures = ["tooSmall", "tooWide", "cutOff", "overlaps"]
    found = {what: measure(page, what) for what in measures}
    return [f"{width}: {what} {each}" for what, many in found.items() for each in many]


def assert_every_control_is_reached_and_seen(page: Page, *keys: str) -> None:
    """By Tab; and none of them lies under what sticks or floats."""
    stops = measure(page, "stops")
    reached: set[int] = set()
    found: list[str] = []
    for key in [key for key in keys for _ in range(stops + 5)]:
        page.keyboard.press(key)
        focus = measure(page, "focus")
        reached.add(focus["at"])
        found += focus["found"]
    assert set(range(stops)) <= reached
    assert found == []


def test_a_user_without_a_studio_is_told_what_to_do(
    window: Window, sign_in: SignIn, nora: User, console: list[str]
) -> None:
    page = sign_in(window(), nora)
    expect(page.get_by_role("heading", name="Welcome, Nora.")).to_be_visible()
    console.clear()


def test_a_thumb_finds_every_button(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """On a phone, where 44 px is what a thumb needs."""
    one_of_each(northside)
    page = sign_in(window(viewport=PHONE, has_touch=True, is_mobile=True), mia)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for path in ["/purchases/", "/cancelled-class/"]:
        page.goto(path)
        heights = "[...document.querySelectorAll('main .button, .top .button, .states a')]"
        tall = page.evaluate(f"{heights}.filter(b => b.checkVisibility()).map(b => b.offsetHeight)")
        assert min(tall) >= 44


def test_a_screen_reader_hears_the_new_count(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    region = page.get_by_role("status").and_(page.locator("#note"))
    expect(region).to_be_attached()
    page.evaluate("window.before = document.getElementById('note')")
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(region.locator("span")).to_have_text("Session reinstated for Ana Ruiz. 2 of 10 used.")
    # A live region speaks only while it stays in the page itself.
    assert page.evaluate("window.before === document.getElementById('note')")


def test_a_screen_reader_hears_how_many_were_found(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchase(org=northside)
    page = sign_in(window(), mia)
    region = page.get_by_role("status").and_(page.locator("#result-count"))
    page.evaluate("window.before = document.getElementById('found')")
    page.get_by_label("Find a client").press_sequentially("nobody")
    expect(region).to_have_text("0 purchases for “nobody”")
    assert page.evaluate("window.before === document.getElementById('found')")


def test_nothing_moves_for_who_asked_for_less(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    moves = """() => [...document.querySelectorAll("*")].map(getComputedStyle).some(
        (style) => style.animationName !== "none" || parseFloat(style.transitionDuration) > 0
    )"""
    for motion, expected in [("reduce", False), ("no-preference", True)]:
        page = sign_in(window(reduced_motion=motion), mia)
        # A live row that comes in the place of the answer is none that has just changed.
        page.route("**/purchases/changes/", lambda route: route.fulfill(status=304))
        page.locator(f"#reinstate-{pack.pk}").click()
        # htmx gives the new row its own class only some milliseconds after it has put it in.
        expect(page.locator(f"#purchase-{pack.pk}")).to_have_class("changed")
        assert page.evaluate(moves) == expected


def test_a_full_desk_hides_no_focus(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """Its search and its head stick to the top, and the note floats at the foot."""
    first, *_ = make_purchases(org=northside, count=15)
    page = sign_in(window(viewport=TABLET, reduced_motion="reduce"), mia)
    page.locator(f"#reinstate-{first.pk}").click()
    expect(page.locator("#note")).to_contain_text("Session reinstated")
    assert_every_control_is_reached_and_seen(page, "Tab", "Shift+Tab")
