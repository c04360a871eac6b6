"""The allowance in the row and its menu, and the owner who confirms beside the desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.allowances.limits import LATE, allow, given_back
from tests.browser.conftest import SignIn, Window
from tests.browser.live import SOON
from tests.factories import PASSWORD, make_purchase
from tests.purchase_kinds import used

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def pack(northside: Org, mia: User, olivia: User) -> Purchase:
    """Of a client to whom two late cancels were forgiven, which is all that staff may."""
    allow(northside, 2)
    allow(northside, 5, reason="")
    pack = make_purchase(org=northside)
    given_back(mia, pack, times=2)
    given_back(mia, pack, reason=None)
    return pack


def press_late_cancel(page: Page, pack: Purchase) -> None:
    row = page.locator(f"#purchase-{pack.pk}")
    row.locator("summary").click()
    row.get_by_role("button", name="Late cancel forgiven").click()


def assert_confirmed(pack: Purchase, mia: User, olivia: User) -> None:
    request = SessionRequest.objects.exclude(approved_by=None).get()
    assert (request.actor, request.approved_by, request.reason) == (mia, olivia, LATE)
    assert used(pack) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_owner_confirms_without_the_mouse_and_the_desk_goes_on(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase, scheme: str
) -> None:
    page = sign_in(window(color_scheme=scheme), mia)
    row = page.locator(f"#purchase-{pack.pk}")
    pages: list[str] = []
    page.on("framenavigated", lambda frame: pages.append(frame.url))
    expect(row.locator(".acts > .allowance-use")).to_have_text("2nd in 30 days")
    row.locator("summary").click()
    expect(row.get_by_role("button", name="Late cancel forgiven")).to_contain_text(
        "3rd in 30 days: owner confirms"
    )
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")

    press_late_cancel(page, pack)
    expect(page.locator("#note .notice")).to_have_text(
        "3rd in 30 days for Ana Ruiz: late cancel forgiven. The allowance is 2."
    )
    expect(page.locator("#note .notice > *")).to_have_count(1)  # or there are gaps around the name
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
        "Session reinstated for Ana Ruiz. 2 of 10 used."
    )
    expect(row).to_have_attribute("data-used", "2")
    expect(page.locator("#secret")).to_have_count(0)
    expect(page.locator(".top .who b")).to_have_text("Mia")
    assert pages == [], "no page was loaded"
    assert_confirmed(pack, mia, olivia)

    page.locator(f"#purchase-{pack.pk} .offer").click()
    expect(page.locator(".history .who").nth(0)).to_contain_text("Mia, confirmed by Olivia")


def test_without_javascript_it_is_a_page(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = sign_in(window(java_script_enabled=False), mia)
    press_late_cancel(page, pack)
    expect(page.get_by_role("heading", name="Not changed")).to_be_visible()

    page.get_by_label("Olivia confirms with password or PIN").fill("not it")
    page.get_by_role("button", name="Confirm and reinstate").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the password")

    page.get_by_label("Olivia confirms with password or PIN").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and reinstate").click()
    expect(page.locator("#note span").first).to_have_text(
        "Session reinstated for Ana Ruiz. 2 of 10 used."
    )
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")
    assert_confirmed(pack, mia, olivia)


def test_from_the_page_of_the_pack_it_leads_back_to_it(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{pack.pk}/")
    press_late_cancel(page, pack)
    expect(page.get_by_role("heading", name="Not changed")).to_be_visible()
    page.get_by_label("Olivia confirms with password or PIN").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and reinstate").click()

    expect(page.locator("#note span").first).to_have_text(
        "Session reinstated for Ana Ruiz. 2 of 10 used."
    )
    expect(page.get_by_role("heading", name="Not changed")).to_have_count(0)
    expect(page.locator(".history .who").nth(0)).to_contain_text("Mia, confirmed by Olivia")
    assert_confirmed(pack, mia, olivia)


def test_what_else_is_pressed_beside_a_refusal_leads_back_too(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{pack.pk}/")
    press_late_cancel(page, pack)
    expect(page.get_by_role("heading", name="Not changed")).to_be_visible()
    page.locator("form.use button").click()

    expect(page.locator("#note span").first).to_have_text(
        "Session used for Ana Ruiz. 4 of 10 used."
    )
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def test_on_a_phone_it_fits_and_its_targets_are_large(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = sign_in(window(viewport=PHONE, has_touch=True, is_mobile=True), mia)
    press_late_cancel(page, pack)
    form = page.locator(".owners-step")
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
    assert_confirmed(pack, mia, olivia)


def test_a_confirmation_whose_answer_got_lost_is_tried_again_and_counts_once(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase, console: list[str]
) -> None:
    context = window()
    page = sign_in(context, mia)
    press_late_cancel(page, pack)
    page.locator("#secret").fill(PASSWORD)
    lost: list[str] = []

    def answer_gets_lost(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        lost.append("the server did it")
        route.abort()  # type: ignore[attr-defined]

    page.route("**/reinstate/", answer_gets_lost, times=1)
    page.get_by_role("button", name="Confirm and reinstate").click()
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#note span").first).to_have_text(
        "Session reinstated for Ana Ruiz. 2 of 10 used."
    )
    assert lost == ["the server did it"]
    assert_confirmed(pack, mia, olivia)
    console.clear()


def test_the_other_packs_of_the_client_say_how_often_it_would_be_by_now(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    allow(northside, 1)
    first = make_purchase(org=northside)
    second = make_purchase(org=northside, client=first.client)
    here, there = sign_in(window(), mia), sign_in(window(), mia)
    press_late_cancel(here, first)
    expect(here.locator("#note span").first).to_contain_text("2 of 10 used.")

    for page in (here, there):
        menu = page.locator(f"#purchase-{second.pk} .menu")
        expect(menu).to_contain_text("2nd in 30 days: owner confirms", timeout=SOON)


def test_where_two_desks_meet_the_one_that_comes_second_needs_the_owner(
    window: Window, sign_in: SignIn, mia: User, olivia: User, northside: Org
) -> None:
    allow(northside, 1)
    pack = make_purchase(org=northside)
    first, second = sign_in(window(), mia), sign_in(window(), mia)

    press_late_cancel(first, pack)
    expect(first.locator("#note span").first).to_contain_text("2 of 10 used.")
    press_late_cancel(second, pack)

    expect(second.locator("#note .notice")).to_contain_text("2nd in 30 days for Ana Ruiz")
    expect(second.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")
    assert used(pack) == 2
