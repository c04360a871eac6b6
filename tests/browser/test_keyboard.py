"""The desk without a mouse."""

import re

from playwright.sync_api import Page, expect

from purchases.models import Org
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.test_accessibility import assert_nothing_to_mend
from tests.factories import make_client, make_purchase


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_from_slash_to_a_reinstated_session_and_on_to_the_next_row(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    older = make_purchase(org=northside, client=make_client(org=northside, name="Ana Ruiz"))
    newer = make_purchase(org=northside, client=make_client(org=northside, name="Ana Silva"))
    page = sign_in(window(), mia)

    page.keyboard.press("/")
    assert focused(page) == "search"
    page.keyboard.type("ana")
    expect(page.locator("#result-count")).to_have_text("2 purchases for “ana”")
    page.keyboard.press("ArrowDown")
    assert focused(page) == f"reinstate-{newer.pk}"
    page.keyboard.press("Enter")
    expect(page.locator(f"#purchase-{newer.pk}")).to_have_attribute("data-used", "2")
    # The focus stays where it was, on the new row's own button.
    expect(page.locator(f"#reinstate-{newer.pk}")).to_be_focused()

    page.keyboard.press("ArrowDown")
    assert focused(page) == f"reinstate-{older.pk}"
    page.keyboard.press("ArrowDown")
    assert focused(page) == f"reinstate-{older.pk}", "the last row is the last"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "search"
    assert page.get_by_label("Find a client").input_value() == "ana"


def test_a_key_that_is_held_or_pressed_twice_presses_once(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, used=9)
    page = sign_in(window(), mia)
    page.locator(f"#reinstate-{pack.pk}").focus()
    for _ in range(6):
        # Down without up: what a keyboard sends while the key is held.
        page.keyboard.down("Enter")
        page.wait_for_load_state("networkidle")
    page.keyboard.up("Enter")
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "8")

    pack.refresh_from_db()
    assert pack.sessions_used == 8


def test_the_arrows_stay_in_an_open_menu(
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


def test_a_slash_in_the_search_is_a_slash(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.press("/")
    page.keyboard.type("a/b")
    expect(page.get_by_label("Find a client")).to_have_value("a/b")


def test_when_the_button_goes_the_focus_stays_in_the_row(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, used=1)
    page = sign_in(window(), mia)
    page.locator(f"#reinstate-{pack.pk}").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "0")
    # Not on Use: the next Enter would take back what this one gave.
    expect(page.locator(f"#client-of-{pack.pk}")).to_be_focused()


def test_tab_reaches_everything_and_leaves_again(
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
    assert stops[-1] == "out", "no trap at the end of the page"


def test_six_keys_from_a_blank_search_to_a_reinstated_session(
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


def test_a_scanner_types_faster_than_the_search_answers(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    card = make_client(org=northside, phone="+61 491 570 156")
    pack = make_purchase(org=northside, client=card)
    make_purchase(org=northside, client=make_client(org=northside, name="Somebody Else"))
    page = sign_in(window(), mia)

    page.keyboard.type("61491570156\n")

    expect(page.locator(f"#reinstate-{pack.pk}")).to_be_focused()
    expect(page).to_have_url(re.compile(r"q=61491570156"))


def test_enter_chooses_nobody_where_several_match(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    for name in ["Ana Ruiz", "Ana Silva"]:
        make_purchase(org=northside, client=make_client(org=northside, name=name))
    page = sign_in(window(), mia)
    page.keyboard.type("ana\n")
    expect(page.locator("#result-count")).to_have_text("2 purchases for “ana”")
    expect(page.get_by_label("Find a client")).to_be_focused()


def test_the_list_of_keys_opens_closes_and_turns_single_keys_off(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    page = sign_in(window(), mia)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    assert_nothing_to_mend(page)
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()

    page.keyboard.press("?")
    page.keyboard.press("/")
    page.keyboard.press("a")
    expect(sheet).to_be_hidden()
    assert focused(page) != "search"

    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use single keys").check()
    sheet.get_by_role("button", name="Close").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert focused(page) == "search"
