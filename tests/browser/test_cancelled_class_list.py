"""Undo a list of a cancelled class, and extend its expired packs, in a browser."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from purchases.models import CancelledClass, ExpiryEvent, Org, Purchase, SessionEvent
from studio.models import User
from tests.browser.conftest import WINDOWS, SignIn, Window
from tests.browser.test_accessibility import assert_no_violations
from tests.cancelled_class.lists import make_done_list
from tests.cancelled_class.pages import detail
from tests.factories import make_client, make_purchase, make_purchases

UNDO = "Undo this list"


def open_list(page: Page, class_list: CancelledClass) -> None:
    page.goto(detail(class_list.pk))


def undone_count() -> int:
    return SessionEvent.objects.filter(kind="undone").count()


def make_expired(org: Org, count: int) -> list[Purchase]:
    expired = timezone.now() - timedelta(days=3)
    return make_purchases(org=org, count=count, expires_at=expired)


@WINDOWS
def test_one_press_undoes_a_list(
    window: Window, sign_in: SignIn, mia: User, northside: Org, options: dict[str, object]
) -> None:
    packs = make_purchases(org=northside, count=3)
    class_list = make_done_list(mia, *packs)
    page = sign_in(window(**options), mia)
    open_list(page, class_list)

    page.get_by_role("button", name=UNDO).click()

    expect(page.locator("#progress-text")).to_have_text("3 of 3 given back · 3 undone")
    expect(page.get_by_role("button", name=UNDO)).to_have_count(0)
    expect(page.locator(".results")).to_contain_text("undone")
    assert undone_count() == 3


def test_one_press_undoes_500_in_chunks(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    class_list = make_done_list(mia, *make_purchases(org=northside, count=500))
    page = sign_in(window(), mia)
    open_list(page, class_list)
    urls: list[str] = []
    page.on("request", lambda sent: urls.append(sent.url) if "/undo/" in sent.url else None)

    page.get_by_role("button", name=UNDO).click()

    expect(page.locator("#progress-text")).to_have_text(
        "500 of 500 given back · 500 undone", timeout=60_000
    )
    expect(page.locator(".results tbody tr")).to_have_count(500)
    assert len(urls) == 10
    assert undone_count() == 500


@WINDOWS
def test_one_press_extends_the_expired_packs(
    window: Window, sign_in: SignIn, mia: User, northside: Org, options: dict[str, object]
) -> None:
    class_list = make_done_list(mia, *make_expired(northside, 3))
    page = sign_in(window(**options), mia)
    open_list(page, class_list)
    expect(page.get_by_role("heading", name="Extend 3 expired packs")).to_be_visible()

    page.get_by_role("button", name="+7 days").click()

    extended = page.locator(".results tbody tr").filter(has_text="extended, good until")
    expect(extended).to_have_count(3)
    expect(page.get_by_role("button", name="+7 days")).to_have_count(0)
    assert ExpiryEvent.objects.filter(kind="extended").count() == 3

    page.get_by_role("button", name="Undo the extension").first.click()
    expect(extended).to_have_count(2)
    expect(page.get_by_role("heading", name="Extend 1 expired pack")).to_be_visible()


def test_60_packs_are_extended_until_a_day_in_chunks(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    class_list = make_done_list(mia, *make_expired(northside, 60))
    page = sign_in(window(), mia)
    open_list(page, class_list)
    until = timezone.localdate() + timedelta(days=40)

    page.get_by_label("Reason for the extension").fill("The pipe burst")
    page.get_by_label("or until").fill(until.isoformat())
    page.get_by_role("button", name="Extend", exact=True).click()

    extended = page.locator(".results tbody tr").filter(has_text="extended, good until")
    expect(extended).to_have_count(60)
    days = {
        timezone.localdate(each) for each in Purchase.objects.values_list("expires_at", flat=True)
    }
    assert days == {until}


def test_keyboard_undoes_a_list_and_extends_its_packs(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    class_list = make_done_list(mia, *make_expired(northside, 2))
    page = sign_in(window(), mia)
    open_list(page, class_list)

    press_on(page, "+7 days")
    expect(page.locator(".results")).to_contain_text("extended, good until")
    press_on(page, UNDO)

    expect(page.locator("#progress-text")).to_have_text("2 of 2 given back · 2 undone")
    assert undone_count() == 2


def press_on(page: Page, name: str) -> None:
    """Move the focus by Tab to the button with this name, and press Enter."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"Tab does not reach “{name}”")


def test_enter_in_the_note_extends_nothing(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    class_list = make_done_list(mia, *make_expired(northside, 2))
    page = sign_in(window(), mia)
    open_list(page, class_list)

    page.get_by_label("Reason for the extension").press("Enter")

    expect(page.get_by_role("button", name="+7 days")).to_be_visible()
    assert not ExpiryEvent.objects.exists()


def test_ticking_changes_what_will_happen(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    expired = timezone.now() - timedelta(days=3)
    ana = make_client(org=northside, name="Ana Ruiz")
    make_purchase(org=northside, client=ana)
    bo = make_purchase(
        org=northside, client=make_client(org=northside, name="Bo Ng"), expires_at=expired
    )
    asked = make_purchase(org=northside, client=make_client(org=northside, name="Cyd Quimbysen"))
    page = sign_in(window(), mia)
    page.goto("/cancelled-class/")
    page.get_by_label("E-mails or names").fill("Ana Ruiz\nBo Ng\nCyd Quimby")
    page.get_by_role("button", name="Find these people").last.click()

    counts = page.locator(".will-happen dd")
    expect(counts).to_have_text(["2", "1", "1"])
    page.locator(f"#pack-{asked.pk}").check()
    expect(counts).to_have_text(["3", "1", "0"])
    page.locator(f"#pack-{bo.pk}").uncheck()
    expect(counts).to_have_text(["2", "0", "1"])
    expect(page.get_by_role("button", name=re.compile("Give a session back"))).to_contain_text(
        "(2)"
    )
    assert_no_violations(page)
