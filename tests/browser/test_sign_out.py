"""A sign-out covers every open page of the browser, and leaves no name in it."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from purchases.models import Org, Purchase
from studio.models import Session, User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import LIVE_TIMEOUT
from tests.database import PATIENCE
from tests.factories import make_client, make_purchase


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, client=make_client(org=northside, name="Bernadette Quil"))


def expect_sign_in_page(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=LIVE_TIMEOUT)
    expect(page.get_by_text("Quil")).to_have_count(0)
    assert "Quil" not in page.title()


@pytest.mark.parametrize("path", ["/purchases/", "/clients/{client}/", "/admin/purchases/client/"])
def test_signing_out_covers_other_tabs(
    window: Window,
    sign_in: SignIn,
    olivia: User,
    pack: Purchase,
    path: str,
    console: list[str],
) -> None:
    context = window()
    page = sign_in(context, olivia)
    other = context.new_page()
    other.goto(path.format(client=pack.client_id))
    expect(other.get_by_text("Bernadette Quil").first).to_be_visible()
    # The other tab must not notice it by a poll.
    other.route("**/purchases/changes/", lambda route: route.fulfill(status=304))

    page.bring_to_front()
    page.get_by_role("button", name="Sign out").click()

    expect_sign_in_page(page)
    expect_sign_in_page(other)
    expect(other).to_have_url(re.compile(r"/accounts/login/\?next=/(purchases|clients|admin)/"))
    # The server may answer a poll that was sent just before.
    assert all("403" in line for line in console), console
    console.clear()
    # The other tab may just tell its windows of the sign-out. Django's admin stores its theme.
    deadline = time.monotonic() + PATIENCE
    while not (kept := set(page.evaluate("Object.keys(localStorage)"))) <= {"theme"}:
        assert time.monotonic() < deadline, kept
        page.wait_for_timeout(50)


def test_a_page_covers_itself_if_its_session_was_ended_elsewhere(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{pack.pk}/")
    expect(page.get_by_text("Bernadette Quil").first).to_be_visible()
    Session.objects.all().delete()
    expect_sign_in_page(page)
    assert all("403" in line for line in console), console
    console.clear()
    expect(page).to_have_url(re.compile(rf"/accounts/login/\?next=/purchases/{pack.pk}/$"))
