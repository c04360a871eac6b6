"""The browser runs a script only if its content has the hash that the page names."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from studio.models import User
from tests.browser.conftest import SignIn, Window


def send_on(route: Route) -> None:
    route.continue_()


def send_changed(route: Route) -> None:
    response = route.fetch()
    route.fulfill(response=response, body=f"{response.text()}\n// changed on the way")


@pytest.mark.parametrize(
    ("send", "runs"), [(send_on, True), (send_changed, False)], ids=["unchanged", "changed"]
)
def test_a_script_that_was_changed_on_the_way_does_not_run(
    window: Window,
    sign_in: SignIn,
    mia: User,
    console: list[str],
    send: Callable[[Route], None],
    runs: bool,
) -> None:
    context = window()
    context.route("**/keyboard.js", send)
    page = sign_in(context, mia)

    # The script shows this button.
    expect(page.locator("#show-keys[hidden]")).to_have_count(0 if runs else 1)
    errors = [text for text in console if "'integrity' attribute" in text]
    assert bool(errors) is not runs
    console.clear()
