"""Use the desk by keyboard."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.test_accessibility import assert_no_violations
from tests.factories import make_client, make_offer, make_purchase


def focused_id(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_slash_arrows_and_enter_reinstate_a_session(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    older = make_purchase(org=northside, client=make_client(org=northside, name="Ana Ruiz"))
    newer = make_purchase(org=northside, client=make_client(org=northside, name="Ana Silva"))
    page = sign_in(window(), mia)

    page.keyboard.press("/")
    assert focused_id(page) == "search"
    page.keyboard.type("ana")
    expect(page.locator("#result-count")).to_have_text("2 clients for “ana”")
    page.keyboard.press("ArrowDown")
    assert focused_id(page) == f"reinstate-{newer.pk}"
    page.keyboard.press("Enter")
    expect(page.locator(f"#purchase-{newer.pk}")).to_have_attribute("data-used", "2")
    # The focus moves to the same button of the new row.
    expect(page.locator(f"#reinstate-{newer.pk}")).to_be_focused()

    page.keyboard.press("ArrowDown")
    assert focused_id(page) == f"reinstate-{older.pk}"
    page.keyboard.press("ArrowDown")
    assert focused_id(page) == f"reinstate-{older.pk}", "the focus stays in the last row"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused_id(page) == "search"
    assert page.get_by_label("Find a client").input_value() == "ana"


def test_held_key_reinstates_once(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, used=9)
    page = sign_in(window(), mia)
    page.locator(f"#reinstate-{pack.pk}").focus()
    for _ in range(6):
        # A held key sends "down" repeatedly without "up".
        page.keyboard.down("Enter")
        page.wait_for_load_state("networkidle")
    page.keyboard.up("Enter")
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "8")

    pack.refresh_from_db()
    assert pack.sessions_used == 8


def test_arrow_keys_stay_in_an_open_menu(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchase(org=northside)
    make_purchase(org=northside)
    page = sign_in(window(), mia)
    page.locator("summary").first.click()
    page.get_by_label("Note").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Class cancelled").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Note").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("details[open]")).to_have_count(0)


def test_slash_in_the_search_is_typed(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.press("/")
    page.keyboard.type("a/b")
    expect(page.get_by_label("Find a client")).to_have_value("a/b")


def test_focus_stays_in_the_row_if_its_button_disappears(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, used=1)
    page = sign_in(window(), mia)
    page.locator(f"#reinstate-{pack.pk}").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "0")
    # The focus must not move to Use: another Enter would use the session again.
    expect(page.locator(f"#client-of-{pack.pk}")).to_be_focused()


def test_tab_reaches_every_control_and_leaves_the_page(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchase(org=northside)
    page = sign_in(window(), mia)
    stops: list[str] = []
    for _ in range(25):
        page.keyboard.press("Tab")
        name = "document.activeElement.matches('body') ? 'out' : "
        name += "document.activeElement.innerText || document.activeElement.name"
        stops.append(page.evaluate(name))
        if "Use" in stops and stops[-1] == "out":
            break
    assert stops[0] == "Skip to the content"
    assert [stop for stop in stops if stop in ("q", "All", "Ana Ruiz", "Reinstate", "Use")] == [
        "q",
        "All",
        "Ana Ruiz",
        "Reinstate",
        "Use",
    ]
    assert stops[-1] == "out", "the focus leaves the page at its end"


def test_six_keys_reinstate_a_session(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    quil = make_purchase(org=northside, client=make_client(org=northside, name="Bernadette Quil"))
    make_purchase(org=northside, client=make_client(org=northside, name="Ana Ruiz"))
    page = sign_in(window(), mia)

    for key in ["q", "u", "i", "l", "Enter"]:
        page.keyboard.press(key)
    expect(page.locator(f"#reinstate-{quil.pk}")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator(f"#purchase-{quil.pk}")).to_have_attribute("data-used", "2")


def test_scanner_types_faster_than_the_search_responds(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    card = make_client(org=northside, phone="+61 491 570 156")
    pack = make_purchase(org=northside, client=card)
    make_purchase(org=northside, client=make_client(org=northside, name="Somebody Else"))
    page = sign_in(window(), mia)

    page.keyboard.type("61491570156\n")

    expect(page.locator(f"#reinstate-{pack.pk}")).to_be_focused()
    expect(page).to_have_url(re.compile(r"q=61491570156"))


@pytest.mark.parametrize("packs", [1, 11])
def test_enter_goes_to_the_current_pack_of_the_only_client(
    window: Window, sign_in: SignIn, mia: User, northside: Org, now: datetime, packs: int
) -> None:
    """The current pack is the oldest, and the newest is unused."""
    ana, offer = make_client(org=northside, name="Ana Ruiz"), make_offer(org=northside)
    bought = [
        make_purchase(
            org=northside,
            client=ana,
            offer=offer,
            used=3 if age == packs - 1 else 0 if age == 0 else 10,
            purchased_at=now - timedelta(days=age),
        )
        for age in range(packs)
    ]
    make_purchase(org=northside, client=make_client(org=northside, name="Ben Ode"))
    page = sign_in(window(), mia)

    page.keyboard.type("ana\n")

    expect(page.locator(f"#reinstate-{bought[-1].pk}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#note .notice")).to_contain_text("8 of 10 left")


def test_arrow_keys_skip_folded_packs_and_enter_unfolds_them(
    window: Window, sign_in: SignIn, mia: User, northside: Org, now: datetime
) -> None:
    ana, offer = make_client(org=northside, name="Ana Ruiz"), make_offer(org=northside)
    current, earlier = (
        make_purchase(
            org=northside,
            client=ana,
            offer=offer,
            used=used,
            purchased_at=now - timedelta(days=used),
        )
        for used in (3, 10)
    )
    willa = make_client(org=northside, name="Anastasia Without")
    page = sign_in(window(), mia)
    page.keyboard.type("ana")
    expect(page.locator("#result-count")).to_have_text("2 clients for “ana”")

    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#reinstate-{current.pk}")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("1 earlier")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#reinstate-{earlier.pk}")).to_be_focused()
    # An open page shows the changes of other programs in unfolded rows, too.
    Purchase.objects.filter(pk=earlier.pk).update(sessions_used=8)
    expect(page.locator(f"#purchase-{earlier.pk}")).to_have_attribute("data-used", "8")
    expect(page.locator(f"#client-{willa.pk}")).to_be_visible()
    assert_no_violations(page)


def test_enter_chooses_no_row_if_several_match(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    for name in ["Ana Ruiz", "Ana Silva"]:
        make_purchase(org=northside, client=make_client(org=northside, name=name))
    page = sign_in(window(), mia)
    page.keyboard.type("ana\n")
    expect(page.locator("#result-count")).to_have_text("2 clients for “ana”")
    expect(page.get_by_label("Find a client")).to_be_focused()


def test_list_of_keys_opens_closes_and_disables_single_keys(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    assert_no_violations(page)
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()

    page.keyboard.press("?")
    page.keyboard.press("/")
    page.keyboard.press("a")
    expect(sheet).to_be_hidden()
    assert focused_id(page) != "search"

    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use single keys").check()
    sheet.get_by_role("button", name="Close").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert focused_id(page) == "search"
