"""The allowance text in rows and menus, and the owner's approval at the desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.allowances.limits import LATE, allow, reinstate_times
from tests.browser.conftest import SignIn, Window
from tests.browser.live import LIVE_TIMEOUT
from tests.factories import PASSWORD, make_purchase
from tests.purchase_kinds import used

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def pack(northside: Org, mia: User, olivia: User) -> Purchase:
    """A pack of a client with two late cancels forgiven, which uses up the allowance."""
    allow(northside, 2)
    allow(northside, 5, reason="")
    pack = make_purchase(org=northside)
    reinstate_times(mia, pack, times=2)
    reinstate_times(mia, pack, reason=None)
    return pack


def click_late_cancel(page: Page, pack: Purchase) -> None:
    row = page.locator(f"#purchase-{pack.pk}")
    row.locator("summary").click()
    row.get_by_role("button", name="Late cancel forgiven").click()


def assert_approved(pack: Purchase, mia: User, olivia: User) -> None:
    request = SessionRequest.objects.exclude(approved_by=None).get()
    assert (request.actor, request.approved_by, request.reason) == (mia, olivia, LATE)
    assert used(pack) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_owner_approves_by_keyboard(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase, scheme: str
) -> None:
    page = sign_in(window(color_scheme=scheme), mia)
    row = page.locator(f"#purchase-{pack.pk}")
    pages: list[str] = []
    page.on("framenavigated", lambda frame: pages.append(frame.url))
    expect(row.locator(".actions > .allowance-use")).to_have_text("2nd in 30 days")
    row.locator("summary").click()
    expect(row.get_by_role("button", name="Late cancel forgiven")).to_contain_text(
        "3rd in 30 days: owner confirms"
    )
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")

    click_late_cancel(page, pack)
    expect(page.locator("#note .notice")).to_have_text(
        "3rd in 30 days for Ana Ruiz: late cancel forgiven. The allowance is 2."
    )
    expect(page.locator("#note .notice > *")).to_have_count(
        1
    )  # otherwise there are gaps around the name
    expect(page.get_by_label("Olivia confirms with password or PIN")).to_be_focused()
    assert Axe().run(page).violations_count == 0

    page.keyboard.type("not it")
    page.keyboard.press("Enter")
    expect(page.locator("#note .notice")).to_have_text(
        "That is not the password or PIN of Olivia. 4 tries are left."
    )
    expect(page.locator("#secret")).to_be_focused()
    expect(page.locator("#secret")).to_have_value("")
    assert Axe().run(page).violations_count == 0

    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#note span").first).to_have_text(
        "Session reinstated for Ana Ruiz. 8 of 10 left."
    )
    expect(row).to_have_attribute("data-used", "2")
    expect(page.locator("#secret")).to_have_count(0)
    expect(page.locator(".top .who b")).to_have_text("Mia")
    assert pages == [], "no page was loaded"
    assert_approved(pack, mia, olivia)

    page.locator(f"#purchase-{pack.pk} .offer").click()
    expect(page.locator(".history .who").nth(0)).to_contain_text("Mia, confirmed by Olivia")


def test_approval_form_is_a_page_without_javascript(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = sign_in(window(java_script_enabled=False), mia)
    click_late_cancel(page, pack)
    expect(page.get_by_role("heading", name="Not changed")).to_be_visible()

    page.get_by_label("Olivia confirms with password or PIN").fill("not it")
    page.get_by_role("button", name="Confirm and reinstate").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the password")

    page.get_by_label("Olivia confirms with password or PIN").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and reinstate").click()
    expect(page.locator("#note span").first).to_have_text(
        "Session reinstated for Ana Ruiz. 8 of 10 left."
    )
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")
    assert_approved(pack, mia, olivia)


def test_approval_from_the_pack_page_returns_to_it(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{pack.pk}/")
    click_late_cancel(page, pack)
    expect(page.get_by_role("heading", name="Not changed")).to_be_visible()
    page.get_by_label("Olivia confirms with password or PIN").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and reinstate").click()

    expect(page.locator("#note span").first).to_have_text(
        "Session reinstated for Ana Ruiz. 8 of 10 left."
    )
    expect(page.get_by_role("heading", name="Not changed")).to_have_count(0)
    expect(page.locator(".history .who").nth(0)).to_contain_text("Mia, confirmed by Olivia")
    assert_approved(pack, mia, olivia)


def test_another_action_beside_the_approval_form_returns_too(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{pack.pk}/")
    click_late_cancel(page, pack)
    expect(page.get_by_role("heading", name="Not changed")).to_be_visible()
    page.locator("form.use button").click()

    expect(page.locator("#note span").first).to_have_text(
        "Session used for Ana Ruiz. 6 of 10 left."
    )
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def test_approval_form_fits_a_phone(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = sign_in(window(viewport=PHONE, has_touch=True, is_mobile=True), mia)
    click_late_cancel(page, pack)
    form = page.locator(".approval-form")
    expect(form).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for part in [form.locator("#secret"), form.get_by_role("button")]:
        box = part.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    assert Axe().run(page).violations_count == 0
    form.locator("#secret").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")
    assert_approved(pack, mia, olivia)


def test_retry_of_a_lost_approval_counts_once(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase, console: list[str]
) -> None:
    context = window()
    page = sign_in(context, mia)
    click_late_cancel(page, pack)
    page.locator("#secret").fill(PASSWORD)
    lost: list[str] = []

    def lose_response(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        lost.append("the server acted")
        route.abort()  # type: ignore[attr-defined]

    page.route("**/reinstate/", lose_response, times=1)
    page.get_by_role("button", name="Confirm and reinstate").click()
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#note span").first).to_have_text(
        "Session reinstated for Ana Ruiz. 8 of 10 left."
    )
    assert lost == ["the server acted"]
    assert_approved(pack, mia, olivia)
    console.clear()


def test_other_packs_of_the_client_show_the_new_number(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    allow(northside, 1)
    first = make_purchase(org=northside)
    second = make_purchase(org=northside, client=first.client)
    desk, other_desk = sign_in(window(), mia), sign_in(window(), mia)
    click_late_cancel(desk, first)
    expect(desk.locator("#note span").first).to_contain_text("8 of 10 left.")

    for page in (desk, other_desk):
        menu = page.locator(f"#purchase-{second.pk} .menu")
        expect(menu).to_contain_text("2nd in 30 days: owner confirms", timeout=LIVE_TIMEOUT)


def test_second_of_two_desks_needs_the_owner(
    window: Window, sign_in: SignIn, mia: User, olivia: User, northside: Org
) -> None:
    allow(northside, 1)
    pack = make_purchase(org=northside)
    first, second = sign_in(window(), mia), sign_in(window(), mia)

    click_late_cancel(first, pack)
    expect(first.locator("#note span").first).to_contain_text("8 of 10 left.")
    click_late_cancel(second, pack)

    expect(second.locator("#note .notice")).to_contain_text("2nd in 30 days for Ana Ruiz")
    expect(second.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")
    assert used(pack) == 2
