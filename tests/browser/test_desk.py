"""The desk: sign in, find a client, reinstate a session, see refusals and errors."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from purchases.models import Org, Purchase, Refusal
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_client, make_purchase


def row(purchase: Purchase) -> str:
    return f"#purchase-{purchase.pk}"


def make_small_studio(org: Org) -> dict[str, Purchase]:
    names = {"jose": "José Álvarez", "ana": "Ana Ruiz", "sakura": "田中 さくら"}
    return {
        key: make_purchase(org=org, client=make_client(org=org, name=name, email=f"{key}@x.org"))
        for key, name in names.items()
    }


def test_search_and_one_click_reinstate_a_session(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    packs = make_small_studio(northside)
    page = sign_in(window(), mia)
    page.get_by_label("Find a client").fill("jose")
    expect(page.locator(".desk tbody tr")).to_have_count(1)
    expect(page.locator("#result-count")).to_have_text("1 client for “jose”")
    expect(page).to_have_url(re.compile(r"q=jose"))

    page.get_by_role("button", name="Reinstate a session for José Álvarez").click()

    changed = page.locator(row(packs["jose"]))
    expect(changed).to_have_attribute("data-used", "2")
    expect(changed.locator("strong")).to_have_text("8")
    expect(page.locator("#note span")).to_have_text(
        "Session reinstated for José Álvarez. 8 of 10 left."
    )
    assert Purchase.objects.get(pk=packs["jose"].pk).sessions_used == 2
    page.reload()
    expect(page.locator(".desk tbody tr")).to_have_count(1)
    expect(page.get_by_label("Find a client")).to_have_value("jose")


def test_refusal_shows_the_current_count(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, used=1)
    page = sign_in(window(), mia)
    Purchase.objects.filter(pk=pack.pk).update(sessions_used=0)  # as another desk would

    page.get_by_role("button", name="Reinstate").click()

    expect(page.locator("#note")).to_have_text(str(Refusal.NOTHING_USED.label))
    expect(page.locator(row(pack))).to_have_attribute("data-used", "0")
    expect(page.get_by_role("button", name="Reinstate")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_progress_bars_line_up(
    window: Window, sign_in: SignIn, mia: User, northside: Org, width: int
) -> None:
    """The bars have the same position beside one and two digits."""
    for used in (0, 3, 9, 10):
        make_purchase(org=northside, used=used)
    page = sign_in(window(viewport={"width": width, "height": 800}), mia)

    boxes = [bar.bounding_box() for bar in page.locator("meter").all()]
    bars = [(box["x"], box["width"]) for box in boxes if box]

    assert bars == [bars[0]] * 4


def test_layout_stays_when_a_row_is_swapped(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    packs = make_small_studio(northside)
    page = sign_in(window(), mia)
    boxes = "[...document.querySelectorAll('.desk tr, .desk td, .desk th')].map(cell => {"
    boxes += "const {x, y, width, height} = cell.getBoundingClientRect();"
    boxes += "return [x, y, width, height].join()})"
    before = page.evaluate(boxes)

    page.locator(row(packs["ana"])).get_by_role("button", name="Reinstate").click()

    expect(page.locator(row(packs["ana"]))).to_have_attribute("data-used", "2")
    assert page.evaluate(boxes) == before


def test_back_and_forward_return_to_the_search(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_small_studio(northside)
    page = sign_in(window(), mia)
    page.get_by_label("Find a client").fill("ana")
    expect(page.locator(".desk tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Ana Ruiz").click()
    expect(page.get_by_role("heading", name="Ana Ruiz")).to_be_visible()

    page.go_back()
    expect(page.get_by_label("Find a client")).to_have_value("ana")
    expect(page.locator(".desk tbody tr")).to_have_count(1)
    page.go_forward()
    expect(page.get_by_role("heading", name="Ana Ruiz")).to_be_visible()


def test_request_after_sign_out_leads_to_the_sign_in(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchase(org=northside)
    context = window()
    page = sign_in(context, mia)
    context.clear_cookies()

    page.get_by_label("Find a client").fill("ana")

    page.wait_for_url("**/accounts/login/?next=/purchases/**")


def test_error_is_shown_as_a_note(
    window: Window, sign_in: SignIn, mia: User, northside: Org, console: list[str]
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    before = page.locator(row(pack)).inner_text()
    page.evaluate("document.querySelector('[name=request_id]').value = 'mangled'")

    page.get_by_role("button", name="Reinstate").click()

    expect(page.locator("#note")).to_contain_text("This page is out of date.")
    assert page.locator(row(pack)).inner_text() == before
    assert "status of 400" in console[0]
    console.clear()


def test_search_without_a_connection_shows_a_note(
    window: Window, sign_in: SignIn, mia: User, northside: Org, console: list[str]
) -> None:
    context = window()
    page = sign_in(context, mia)
    context.set_offline(True)

    page.get_by_label("Find a client").fill("ana")

    expect(page.locator("#note")).to_have_text("No answer from the server. Check the connection.")
    expect(page.locator("#note")).not_to_contain_text("Trying again")
    context.close()
    assert any("ERR_INTERNET_DISCONNECTED" in line for line in console)
    console.clear()


def test_reinstatement_of_an_expired_pack_mentions_the_expiry(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() - timedelta(days=3))
    page = sign_in(window(), mia)

    page.get_by_role("button", name="Reinstate").click()

    expect(page.locator(row(pack))).to_have_attribute("data-used", "2")
    expect(page.locator("#note")).to_contain_text("The pack expired on")


def test_accountant_sees_counts_and_no_buttons(
    window: Window, sign_in: SignIn, ada: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), ada)
    expect(page.locator(row(pack)).locator("strong")).to_have_text("7")
    expect(page.locator(".desk button")).to_have_count(0)
