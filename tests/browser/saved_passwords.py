"""Chromium and Firefox with a saved password, driven by the same few commands."""

import json
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Playwright

from tests.browser.chromium_profile import save_password
from tests.browser.firefox import wait_for


class Browser(Protocol):
    """A browser with one tab and one saved password."""

    def save_password(self, origin: str, username: str) -> None: ...
    def open(self, url: str) -> None: ...
    def click(self, selector: str) -> None: ...
    def press(self, *keys: str) -> None: ...
    def evaluate(self, expression: str) -> Any: ...
    def set_cookies(self, url: str, cookies: dict[str, str]) -> None: ...


class Chromium:
    """Chromium with a profile on disk, because other profiles have no saved passwords."""

    def __init__(self, playwright: Playwright, profile: Path, **options: Any) -> None:
        self.start = partial(playwright.chromium.launch_persistent_context, profile, **options)
        self.profile = profile
        self.context = self.start()
        self.page = self.context.pages[0]

    def quit(self) -> None:
        self.context.close()

    def save_password(self, origin: str, username: str) -> None:
        self.context.close()
        save_password(self.profile, origin, username)
        self.context = self.start()
        self.page = self.context.pages[0]

    def open(self, url: str) -> None:
        self.page.goto(url)

    def click(self, selector: str) -> None:
        self.page.locator(selector).click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def evaluate(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def set_cookies(self, url: str, cookies: dict[str, str]) -> None:
        # A desk that is still open would go to the sign-in, and interrupt the next page.
        self.page.goto("about:blank")
        self.context.clear_cookies()
        self.context.add_cookies(
            [{"name": name, "value": value, "url": url} for name, value in cookies.items()]
        )


# A form that the password manager fills, in the dialog if one is open, otherwise in the page.
ADD_CONTROL = """(() => {
    const form = document.createElement("form");
    form.id = "control";
    for (const [type, autocomplete] of [["text", "username"], ["password", "current-password"]]) {
        form.append(Object.assign(document.createElement("input"), { type, autocomplete }));
    }
    (document.querySelector("dialog[open]") ?? document.body).append(form);
})()"""
IS_CONTROL_FILLED = """[...document.querySelectorAll("#control input")]
    .every((field) => field.matches(":autofill"))"""
FILLED_FIELDS = """[...document.querySelectorAll("input:not([type=radio], [type=checkbox])")]
    .filter((field) => field.closest("#control") === null)
    .filter((field) => field.matches(":autofill") || field.value !== field.defaultValue)
    .map((field) => field.id || field.name)"""


def wait_until_shown(browser: Browser, selector: str) -> None:
    wait_for(lambda: browser.evaluate(f"document.querySelector({json.dumps(selector)}) !== null"))


def filled_fields(browser: Browser) -> list[str]:
    """Return the fields of the page that the password manager has filled.

    It fills another form too, which is added to the page, so it has looked at the page by then.
    """
    browser.evaluate(ADD_CONTROL)
    wait_for(lambda: browser.evaluate(IS_CONTROL_FILLED))
    return [str(field) for field in browser.evaluate(FILLED_FIELDS)]


def is_masked(browser: Browser, selector: str) -> bool:
    """Return whether the field shows dots instead of the text, though it is a text field."""
    field = f"document.querySelector({json.dumps(selector)})"
    return bool(browser.evaluate(f"getComputedStyle({field}).webkitTextSecurity === 'disc'"))
