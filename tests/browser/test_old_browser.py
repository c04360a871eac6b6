"""The desk works in a browser of 2022. Chromium stands in for it, without what Safari 15 lacks."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from purchases.models import Org
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import expect_count, set_count_by_sql
from tests.factories import make_purchase

REMOVE_APIS = """
delete AbortSignal.timeout;
delete AbortSignal.any;
delete HTMLFormElement.prototype.requestSubmit;
delete HTMLElement.prototype.showPopover;
"""
NEW_FUNCTIONS = re.compile(r"\b(light-dark|color-mix|subgrid)\b")


def rename_new_functions(route: Route) -> None:
    """Serve a stylesheet with unknown names in place of the functions that Safari 15 lacks."""
    response = route.fetch()
    route.fulfill(response=response, body=NEW_FUNCTIONS.sub(r"unknown-\1", response.text()))


def background(page: Page, selector: str) -> str:
    color: str = page.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor")
    return color


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_desk_of_an_old_browser(
    window: Window, sign_in: SignIn, mia: User, northside: Org, scheme: str
) -> None:
    pack = make_purchase(org=northside)
    context = window(color_scheme=scheme)
    context.add_init_script(REMOVE_APIS)
    context.route("**/*.css", rename_new_functions)
    page = sign_in(context, mia)
    assert page.evaluate("AbortSignal.timeout") is None

    page.locator(f"#purchase-{pack.pk} summary").click()
    lightness = {"light": "oklch(1 0 0)", "dark": "oklch(0.28 0.012 265)"}
    assert background(page, ".menu") == lightness[scheme]
    assert background(page, ".desk") != background(page, "body") != "rgba(0, 0, 0, 0)"
    page.locator(f"#purchase-{pack.pk} summary").click()

    # A live update arrives, so the polls have succeeded.
    set_count_by_sql(pack, 6)
    expect_count(page, pack, 6)
    expect(page.locator("#connection")).to_be_empty()


def test_form_is_submitted_without_request_submit(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """The lock and the last digit of a PIN submit a form by script."""
    context = window()
    context.add_init_script(REMOVE_APIS)
    page = sign_in(context, mia)
    page.evaluate(
        """async () => {
        const keyboard = document.querySelector("script[src*=keyboard]").src;
        const { submit } = await import(new URL("submit.js", keyboard).href);
        const form = document.querySelector("form[role=search]");
        form.addEventListener("submit", event => { event.preventDefault(); form.id = "sent" });
        submit(form);
        }"""
    )
    expect(page.locator("#sent")).to_have_attribute("role", "search")
    assert page.locator("#sent button[hidden]").count() == 0
