"""Fixtures for Chromium, driven by Playwright, on Django's live server.

Without the browser the tests are skipped, or fail if BROWSER_TESTS=required. A test also fails if
the browser's console has an error or a violation of the Content Security Policy.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Keyboard,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from studio.models import User
from tests.browser.firefox import Firefox
from tests.factories import PASSWORD

Window = Callable[..., BrowserContext]
SignIn = Callable[[BrowserContext, User], Page]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WINDOWS = pytest.mark.parametrize(
    "options",
    [{}, {"java_script_enabled": False}, PHONE],
    ids=["desk", "no script", "phone"],
)

CHROMIUM = ["chromium", "chromium-browser", "google-chrome"]
FIREFOX = ["firefox-esr", "firefox"]
NORMAL = [
    # Chromium logs each response with status 409, which is a normal refusal.
    "the server responded with a status of 409",
    # htmx logs both of a search that the next letter replaces. A request that fails also logs
    # "htmx:sendError" or "htmx:responseError".
    "htmx:sendAbort",
    "htmx:afterRequest",
]
# Milliseconds. A test waits this long only if it fails, and may run on a busy machine.
TIMEOUT = 30_000

expect.set_options(timeout=TIMEOUT)


def path_of(browser: str, commands: list[str]) -> str:
    """Return the path of a browser. Without it, skip the test, or fail if it is required."""
    path = next(filter(None, map(shutil.which, commands)), None)
    if path is None:
        message = f"No {browser} found: apt-get install {commands[0]}, or see CONTRIBUTING.md."
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(autouse=True)
def typing_after_the_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `page.keyboard` wait for the scripts of a page, whose text is there before them."""
    keyboard_of = vars(Page)["keyboard"].fget

    def after_load(page: Page) -> Keyboard:
        page.wait_for_load_state()
        keyboard: Keyboard = keyboard_of(page)
        return keyboard

    monkeypatch.setattr(Page, "keyboard", property(after_load))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch_options() -> dict[str, Any]:
    """Playwright's options for the start of the installed Chromium."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {
        "executable_path": path_of("Chromium", CHROMIUM),
        "args": ["--no-sandbox"] if root else [],
    }


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    browser = Firefox(path_of("Firefox", FIREFOX), tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, launch_options: dict[str, Any]) -> Iterator[Browser]:
    browser = playwright.chromium.launch(**launch_options)
    yield browser
    browser.close()


@pytest.fixture
def console() -> Iterator[list[str]]:
    """The console errors of all windows. A test that expects errors clears the list."""
    errors: list[str] = []
    yield errors
    assert errors == []


@pytest.fixture
def window(chromium: Browser, live_server: LiveServer, console: list[str]) -> Iterator[Window]:
    """A function that opens a browser context with separate cookies.

    Call `window()`, or pass Playwright's options, as in `window(java_script_enabled=False)`.
    """
    contexts: list[BrowserContext] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in NORMAL):
            console.append(message.text)

    def open_window(**options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(TIMEOUT)
        context.on("console", listen)
        context.on("weberror", lambda error: console.append(str(error.error)))
        contexts.append(context)
        return context

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in() -> SignIn:
    """A function that signs a user in by the form and returns the next page."""

    def sign_in(context: BrowserContext, user: User) -> Page:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Name", exact=True).fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        return page

    return sign_in
