"""Shortcuts ignore the keys of an input method, which composes Japanese or Chinese letters."""

import pytest
from playwright.sync_api import Page, expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.test_keyboard import focused_id
from tests.factories import make_client, make_purchase
from tests.shared_desk.people import give_pin

KEY_CODES = {"Enter": 13, "ArrowDown": 40, ".": 190}
# The key code of a key that an input method has handled.
HANDLED = 229


class Desk:
    """A desk that lists one pack, with the keys and the input method of its computer."""

    def __init__(self, page: Page, pack: Purchase) -> None:
        self.page = page
        self.pack = pack
        self.search = page.get_by_label("Find a client")
        self.button = page.locator(f"#reinstate-{pack.pk}")
        self.devtools = page.context.new_cdp_session(page)
        self.search.focus()

    def compose(self, text: str) -> None:
        """Show `text` in the search as an input method does until the person confirms it."""
        end = len(text)
        composed = {"text": text, "selectionStart": end, "selectionEnd": end}
        self.devtools.send("Input.imeSetComposition", composed)
        expect(self.search).to_have_value(text)

    def confirm(self, text: str) -> None:
        self.devtools.send("Input.insertText", {"text": text})
        expect(self.search).to_have_value(text)

    def press(self, key: str, *, code: int | None = None) -> None:
        values = {"key": key, "windowsVirtualKeyCode": code or KEY_CODES[key]}
        self.devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **values})
        self.devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", **values})

    def expect_no_change(self) -> None:
        """Expect that the count stays, and that no request which would change it is pending."""
        self.page.wait_for_load_state("networkidle")
        expect(self.page.locator(f"#purchase-{self.pack.pk}")).to_have_attribute("data-used", "3")
        self.pack.refresh_from_db()
        assert self.pack.sessions_used == 3


@pytest.fixture
def desk(window: Window, sign_in: SignIn, mia: User, northside: Org) -> Desk:
    pack = make_purchase(org=northside, client=make_client(org=northside, name="安奈"))
    give_pin(mia)
    return Desk(sign_in(window(), mia), pack)


def test_keys_during_a_composition_move_no_focus_and_reinstate_nothing(desk: Desk) -> None:
    desk.compose("安")
    for key in ["ArrowDown", "Enter", "Enter"]:
        desk.press(key)
        assert focused_id(desk.page) == "search"
    desk.confirm("安奈")

    expect(desk.page.locator("#result-count")).to_have_text("1 client for “安奈”")
    assert focused_id(desk.page) == "search"
    desk.expect_no_change()


def test_the_same_keys_without_a_composition_reinstate_a_session(desk: Desk) -> None:
    """The negative control of the test above."""
    desk.confirm("安奈")
    expect(desk.page.locator("#result-count")).to_have_text("1 client for “安奈”")
    desk.press("ArrowDown")
    expect(desk.button).to_be_focused()
    desk.page.keyboard.press("Enter")

    expect(desk.page.locator(f"#purchase-{desk.pack.pk}")).to_have_attribute("data-used", "2")


def test_enter_that_ends_a_composition_does_not_choose_the_only_match(desk: Desk) -> None:
    """Safari sends this Enter after the composition, so only its key code tells."""
    desk.confirm("安奈")
    expect(desk.page.locator("#result-count")).to_have_text("1 client for “安奈”")
    desk.press("Enter", code=HANDLED)
    assert focused_id(desk.page) == "search"

    desk.press("Enter")
    expect(desk.button).to_be_focused()


def test_full_stop_of_an_input_method_opens_no_dialog(desk: Desk) -> None:
    dialog = desk.page.get_by_role("dialog", name="Who is at the desk?")
    desk.press(".", code=HANDLED)
    expect(dialog).to_be_hidden()

    desk.press(".")
    expect(dialog).to_be_visible()
