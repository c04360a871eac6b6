"""axe finds nothing on any page, in either scheme, on a desk and on a phone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_client, make_purchase

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def one_of_each(org: Org) -> Purchase:
    now = timezone.now()
    make_purchase(org=org, used=10)
    make_purchase(org=org, expires_at=now + timedelta(days=5))
    make_purchase(org=org, expires_at=now - timedelta(days=5))
    make_purchase(org=org, payment_status="pending", used=0)
    make_purchase(org=org, payment_status="refunded")
    make_purchase(org=org, total=None, used=None)
    make_purchase(org=org, used=None)
    make_purchase(org=org, used=12)
    client = make_client(org=org, name="محمد", email="m@example.org", phone="+61 400 000 000")
    return make_purchase(org=org, client=client)


def assert_nothing_to_mend(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page(
    window: Window,
    sign_in: SignIn,
    mia: User,
    northside: Org,
    scheme: str,
    viewport: dict[str, int],
    console: list[str],
) -> None:
    pack = one_of_each(northside)
    context = window(color_scheme=scheme, viewport=viewport)
    visitor = context.new_page()
    visitor.goto("/accounts/login/")
    assert_nothing_to_mend(visitor)

    page = sign_in(context, mia)
    assert_nothing_to_mend(page)
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(page.locator("#note")).to_contain_text("Session reinstated")
    assert_nothing_to_mend(page)
    for path in [
        "/purchases/?q=nobody",
        "/purchases/?state=expiring",
        f"/clients/{pack.client_id}/",
        "/purchases/?state=unheard-of",
        f"/clients/{uuid4()}/",
    ]:
        page.goto(path)
        assert_nothing_to_mend(page)
    assert len(console) == 2, "the last two are error pages, and the browser logs those"
    console.clear()


def test_a_user_without_a_studio(
    window: Window, sign_in: SignIn, nora: User, console: list[str]
) -> None:
    page = sign_in(window(), nora)
    expect(page.get_by_role("heading", name="Welcome, Nora.")).to_be_visible()
    assert_nothing_to_mend(page)
    console.clear()


def test_the_phone_scrolls_one_way_only_and_its_buttons_are_large(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    one_of_each(northside)
    page = sign_in(window(viewport=PHONE, has_touch=True, is_mobile=True), mia)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    heights = "[...document.querySelectorAll('.acts .button')].map(b => b.offsetHeight)"
    assert min(page.evaluate(heights)) >= 44


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
