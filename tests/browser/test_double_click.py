"""A double click sends one action, at any usual delay between its clicks."""

import pytest
from playwright.sync_api import expect

from purchases.models import Org, SessionEvent
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_purchase


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
@pytest.mark.parametrize("gap", [0, 80, 250], ids=lambda gap: f"{gap} ms")
@pytest.mark.parametrize("used", [9, 1], ids=["reinstate stays", "only use stays"])
def test_double_click_reinstates_once(
    window: Window,
    sign_in: SignIn,
    mia: User,
    northside: Org,
    gap: int,
    used: int,
    javascript: bool,
) -> None:
    pack = make_purchase(org=northside, used=used)
    page = sign_in(
        window(java_script_enabled=javascript, viewport={"width": 390, "height": 844}), mia
    )
    box = page.locator(f"#reinstate-{pack.pk}").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.mouse.click(x, y)
    page.wait_for_timeout(gap)
    page.mouse.click(x, y)

    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", str(used - 1))
    page.wait_for_load_state("networkidle")
    kinds = SessionEvent.objects.filter(purchase=pack).values_list("kind", flat=True)
    assert sorted(kinds) == ["opened", "reinstated"]


def test_click_after_the_guard_time_counts(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, used=9)
    page = sign_in(window(), mia)
    for left in [8, 7, 6]:
        page.wait_for_timeout(600)
        page.locator(f"#reinstate-{pack.pk}").click()
        expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", str(left))
