"""Chromium and Firefox fill a saved password into the sign-in page, and into no field that confirms
who acts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Playwright
from pytest_django.live_server_helper import LiveServer

from purchases.models import Org
from studio.models import User
from tests.allowances.limits import allow
from tests.browser.firefox import wait_for
from tests.browser.saved_passwords import (
    Browser,
    Chromium,
    filled_fields,
    is_masked,
    wait_until_shown,
)
from tests.conftest import SignIn
from tests.factories import make_purchase
from tests.shared_desk.people import LOCK, give_pin, take_over

OWNER = "olivia"
IS_SIGN_IN_FILLED = """[...document.querySelectorAll("#id_username, #id_password")]
    .every((field) => field.matches(":autofill"))"""
NAME_AT_DESK = "document.querySelector('.top .who b')?.textContent"


@pytest.fixture(scope="module")
def chromium_on_disk(
    playwright: Playwright,
    launch_options: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Chromium]:
    browser = Chromium(playwright, tmp_path_factory.mktemp("profile"), **launch_options)
    yield browser
    browser.quit()


@pytest.fixture(scope="module", params=["chromium_on_disk", "firefox"], ids=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest, live_server: LiveServer) -> Browser:
    """A browser that has saved the password of Olivia, an owner."""
    browser: Browser = request.getfixturevalue(request.param)
    browser.save_password(live_server.url, OWNER)
    return browser


def by_password(client: Client, mia: User) -> None:
    """Leave Mia as she signed in."""


def by_pin(client: Client, mia: User) -> None:
    take_over(client, mia)


def locked(client: Client, mia: User) -> None:
    client.post(LOCK)


@dataclass(frozen=True)
class Door:
    """A page with a field that confirms who acts, and how to get there."""

    path: str
    field: str
    button: str = ""
    prepare: Callable[[Client, User], None] = by_password


REINSTATE = "#reinstate-{pack}"
DOORS = {
    "approval in the list": Door("/purchases/", "#note #secret", REINSTATE),
    "approval on its own page": Door("/purchases/{pack}/", "main #secret", REINSTATE),
    "dialog of the shared desk": Door("/purchases/", "#who #password", ".top [data-who]"),
    "page of the shared desk": Door("/desk/", "main #password"),
    "locked desk": Door("/purchases/", "main #password", prepare=locked),
    "closed admin": Door("/admin/", "main #password", prepare=by_pin),
    "own PIN": Door("/desk/pin/", "#id_password"),
    "change of password": Door("/admin/password_change/", "#id_old_password"),
}


def test_sign_in_page_is_filled(browser: Browser, live_server: LiveServer, olivia: User) -> None:
    """The control: the saved password alone signs Olivia in."""
    browser.set_cookies(live_server.url, {})
    browser.open(f"{live_server.url}/accounts/login/")
    wait_for(lambda: browser.evaluate(IS_SIGN_IN_FILLED))
    browser.click(".sign-in button")

    wait_for(lambda: browser.evaluate(NAME_AT_DESK) == "Olivia")


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_field_that_confirms_a_person_is_masked_and_not_filled(
    browser: Browser,
    live_server: LiveServer,
    signed_in: SignIn,
    northside: Org,
    mia: User,
    olivia: User,
    door: Door,
) -> None:
    allow(northside, 0, reason="")
    pack = make_purchase(org=northside)
    give_pin(mia)
    client = signed_in(mia)
    door.prepare(client, mia)
    browser.set_cookies(live_server.url, {name: c.value for name, c in client.cookies.items()})
    browser.open(live_server.url + door.path.format(pack=pack.pk))
    if door.button:
        browser.click(door.button.format(pack=pack.pk))
    wait_until_shown(browser, door.field)

    assert filled_fields(browser) == []
    assert is_masked(browser, door.field)
