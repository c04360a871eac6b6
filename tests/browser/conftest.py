"""Fixtures for Chromium, driven by Playwright, on Django's live server.

Without Chromium the tests are skipped, or fail if BROWSER_TESTS=required. A test also fails if the
browser's console has an error or a violation of the Content Security Policy.
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
    Page,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from studio.models import User
from tests.factories import PASSWORD

Window = Callable[..., BrowserContext]
SignIn = Callable[[BrowserContext, User], Page]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WINDOWS = pytest.mark.parametrize(
    "options",
    [{}, {"java_script_enabled": False}, PHONE],
    ids=["desk", "no script", "phone"],
)

NAMES = ["chromium", "chromium-browser", "google-chrome"]
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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        message = "No Chromium found: apt-get install chromium, or see CONTRIBUTING.md."
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(message)
        pytest.skip(message)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if root else []
        )
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
