"""Shortcuts ignore the keys of an input method in Firefox too, which reports them differently."""

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from purchases.models import Org, Purchase
from tests.browser.firefox import Firefox, wait_for
from tests.factories import make_client, make_purchase

# Show a text in the focused field as an input method does, and handle keys before it is confirmed.
COMPOSE = """
const [text, keys] = arguments;
const processor = Cc["@mozilla.org/text-input-processor;1"]
  .createInstance(Ci.nsITextInputProcessor);
if (!processor.beginInputTransactionForTests(window)) throw new Error("no input transaction");
processor.setPendingCompositionString(text);
processor.appendClauseToPendingComposition(text.length, processor.ATTR_RAW_CLAUSE);
processor.setCaretInPendingComposition(text.length);
processor.flushPendingComposition();
for (const [key, keyCode] of keys) {
  const event = new KeyboardEvent("", { key, keyCode });
  processor.keydown(event, processor.KEY_KEEP_KEY_LOCATION_STANDARD);
  processor.keyup(event, processor.KEY_KEEP_KEY_LOCATION_STANDARD);
}
const focused = document.activeElement.id;
if (processor.hasComposition) processor.commitComposition();
return focused;
"""
KEYS = [["ArrowDown", 40], ["Enter", 13], ["Enter", 13]]
SEARCH = "document.querySelector('#search').value"
ROWS = "document.querySelectorAll('.desk tbody tr').length"
FOCUSED = "document.activeElement.id"
ENTER, ARROW_DOWN = "\ue007", "\ue015"


@pytest.fixture
def pack(firefox: Firefox, live_server: LiveServer, desk: Client, northside: Org) -> Purchase:
    """A pack that Firefox shows on the desk, beside another one. The focus is in the search."""
    pack = make_purchase(org=northside, client=make_client(org=northside, name="安奈"))
    make_purchase(org=northside)
    firefox.set_cookies(live_server.url, {name: c.value for name, c in desk.cookies.items()})
    firefox.open(f"{live_server.url}/purchases/")
    firefox.click("#search")
    return pack


def test_keys_during_a_composition_move_no_focus_and_reinstate_nothing(
    firefox: Firefox, pack: Purchase
) -> None:
    assert firefox.evaluate_as_browser(COMPOSE, "安奈", KEYS) == "search"

    assert firefox.evaluate(SEARCH) == "安奈"
    wait_for(lambda: firefox.evaluate(ROWS) == 1)
    assert firefox.evaluate(FOCUSED) == "search"
    pack.refresh_from_db()
    assert pack.sessions_used == 3


def test_the_same_keys_after_the_composition_reinstate_a_session(
    firefox: Firefox, pack: Purchase
) -> None:
    """The negative control of the test above."""
    firefox.evaluate_as_browser(COMPOSE, "安奈", [])
    wait_for(lambda: firefox.evaluate(ROWS) == 1)
    firefox.press(ARROW_DOWN)
    wait_for(lambda: firefox.evaluate(FOCUSED) == f"reinstate-{pack.pk}")
    firefox.press(ENTER)

    used = f"document.querySelector('#purchase-{pack.pk}').dataset.used"
    wait_for(lambda: firefox.evaluate(used) == "2")
