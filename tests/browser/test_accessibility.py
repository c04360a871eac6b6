"""WCAG 2.2 AA on every page and state: at several widths, light and dark, with forced colors, with
custom text spacing, and by keyboard. states.py lists the states."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from purchases.models import Org
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.states import STATES
from tests.browser.visit import Visit, make_one_of_each
from tests.factories import make_purchase, make_purchases

PHONE: ViewportSize = {"width": 390, "height": 844}
TABLET: ViewportSize = {"width": 1024, "height": 768}
DESK: ViewportSize = {"width": 1440, "height": 900}
# A desktop and a tablet at 200 %, and a desktop at 400 %, the narrowest width that WCAG requires.
ZOOMED: list[ViewportSize] = [
    {"width": 720, "height": 450},
    {"width": 512, "height": 384},
    {"width": 320, "height": 256},
]
MEASURES = (Path(__file__).parent / "measures.js").read_text()


def assert_no_violations(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def measure(page: Page, name: str) -> Any:
    page.evaluate(f"window.measures ?? {MEASURES}")
    return page.evaluate(f"measures.{name}()")


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
    """A page in each of the states."""
    people = {"mia": mia, "ada": ada, "nora": nora}
    # Without motion, no element is measured while it fades in.
    context = window(viewport=DESK, reduced_motion="reduce")
    visit = Visit(context, sign_in, northside, people, make_one_of_each(northside), monkeypatch)
    yield STATES[request.param](visit)
    # Some states are error pages, and the browser logs each of them.
    console.clear()


def test_every_state(page: Page) -> None:
    faults = []
    for viewport in (DESK, TABLET, PHONE):
        page.set_viewport_size(viewport)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert_no_violations(page)
        faults += layout_faults(page)
    page.emulate_media(forced_colors="active")
    assert_no_violations(page)
    page.emulate_media(forced_colors="none")
    for viewport in ZOOMED:
        page.set_viewport_size(viewport)
        faults += layout_faults(page)

    page.set_viewport_size(DESK)
    assert_focus_reaches_every_control(page, "Tab")

    measure(page, "space")
    for viewport in (DESK, TABLET, PHONE):
        page.set_viewport_size(viewport)
        # Custom spacing changes the height of a line, and so the size of links.
        spaced = [fault for fault in layout_faults(page) if "tooSmall" not in fault]
        faults += [f"spaced: {fault}" for fault in spaced]
    assert faults == [], "\n".join(faults)


def layout_faults(page: Page) -> list[str]:
    """Return small targets, text that is cut off or overlaps, and elements that are too wide."""
    width = page.evaluate("innerWidth")
    measures = ["tooSmall", "tooWide", "cutOff", "overlaps"]
    faults = {name: measure(page, name) for name in measures}
    return [
        f"{width}: {name} {element}" for name, elements in faults.items() for element in elements
    ]


def assert_focus_reaches_every_control(page: Page, *keys: str) -> None:
    """Assert that the keys reach every control, and that no other element covers one."""
    # A date field has three stops more: two parts of the date, and the button of its calendar.
    controls = measure(page, "stops")
    stops = controls + 3 * page.locator("[type=date]").count()
    reached: set[int] = set()
    faults: list[str] = []
    for key in [key for key in keys for _ in range(stops + 5)]:
        page.keyboard.press(key)
        focus = measure(page, "focus")
        reached.add(focus["at"])
        faults += focus["faults"]
    assert set(range(controls)) <= reached
    assert faults == [], "\n".join(faults)


def test_user_without_an_org_sees_what_to_do(
    window: Window, sign_in: SignIn, nora: User, console: list[str]
) -> None:
    page = sign_in(window(), nora)
    expect(page.get_by_role("heading", name="Welcome, Nora.")).to_be_visible()
    console.clear()


def test_buttons_on_a_phone_are_44_px_high(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """44 px is the recommended size of a touch target."""
    make_one_of_each(northside)
    page = sign_in(window(viewport=PHONE, has_touch=True, is_mobile=True), mia)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for path in ["/purchases/", "/cancelled-class/"]:
        page.goto(path)
        heights = "[...document.querySelectorAll('main .button, .top .button, .states a')]"
        tall = page.evaluate(f"{heights}.filter(b => b.checkVisibility()).map(b => b.offsetHeight)")
        assert min(tall) >= 44


def test_screen_reader_announces_the_new_count(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    region = page.get_by_role("status").and_(page.locator("#note"))
    expect(region).to_be_attached()
    page.evaluate("window.before = document.getElementById('note')")
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(region.locator("span")).to_have_text("Session reinstated for Ana Ruiz. 8 of 10 left.")
    # A screen reader announces a live region only if its element stays in the page.
    assert page.evaluate("window.before === document.getElementById('note')")


def test_screen_reader_announces_the_number_of_results(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchase(org=northside)
    page = sign_in(window(), mia)
    region = page.get_by_role("status").and_(page.locator("#result-count"))
    page.evaluate("window.before = document.getElementById('found')")
    page.get_by_label("Find a client").press_sequentially("nobody")
    expect(region).to_have_text("0 clients for “nobody”")
    assert page.evaluate("window.before === document.getElementById('found')")


def test_reduced_motion_stops_animations(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    moves = """() => [...document.querySelectorAll("*")].map(getComputedStyle).some(
        (style) => style.animationName !== "none" || parseFloat(style.transitionDuration) > 0
    )"""
    for motion, expected in [("reduce", False), ("no-preference", True)]:
        page = sign_in(window(reduced_motion=motion), mia)
        # Stop live updates, because a live row would replace the changed one.
        page.route("**/purchases/changes/", lambda route: route.fulfill(status=304))
        page.locator(f"#reinstate-{pack.pk}").click()
        # htmx sets the class of the new row some milliseconds after inserting it.
        expect(page.locator(f"#purchase-{pack.pk}")).to_have_class("changed")
        assert page.evaluate(moves) == expected


def test_sticky_parts_never_cover_the_focus(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """The search and the table head stick to the top, and the note floats at the bottom."""
    first, *_ = make_purchases(org=northside, count=15)
    page = sign_in(window(viewport=TABLET, reduced_motion="reduce"), mia)
    page.locator(f"#reinstate-{first.pk}").click()
    expect(page.locator("#note")).to_contain_text("Session reinstated")
    assert_focus_reaches_every_control(page, "Tab", "Shift+Tab")
