"""Extend a pack on its page, or by one more click after reinstating an expired pack. With and
without JavaScript, on a phone, and with two desks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from purchases.formatting import on_day
from purchases.models import Org, Purchase, SessionRequest
from studio.models import Policy, User
from tests.browser.conftest import WINDOWS, SignIn, Window
from tests.browser.live import LIVE_TIMEOUT, wait_for_click_guard
from tests.database import another_connection
from tests.expiry.extensions import end_of_the_day, expiry_lines, expiry_of, extended_by
from tests.factories import make_purchase
from tests.ledger import reinstated_by, used_by


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))


@pytest.fixture
def expired(northside: Org) -> Purchase:
    return make_purchase(org=northside, expires_at=timezone.now() - timedelta(days=5))


def open_pack(page: Page, pack: Purchase) -> Page:
    page.goto(f"/purchases/{pack.pk}/")
    return page


@WINDOWS
def test_extend_by_days_with_a_reason_and_undo_in_the_history(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, options: dict[str, object]
) -> None:
    page = open_pack(sign_in(window(**options), mia), pack)
    page.get_by_label("Reason for the extension").fill("ill for a week")
    page.get_by_role("button", name="+7 days").click()

    until = end_of_the_day(7, after=pack.expires_at)
    expect(page.locator("#note span")).to_have_text(
        f"Extended for Ana Ruiz: good until {on_day(until)}."
    )
    line = page.locator('[data-kind="expiry-extended"]')
    expect(line).to_contain_text(f"Extended to {on_day(until)}")
    expect(line).to_contain_text("ill for a week")
    assert expiry_of(pack) == until

    page.wait_for_timeout(600)
    line.get_by_role("button", name="Undo").click()
    expect(page.locator("#note span")).to_contain_text("again.")
    expect(page.locator(".timeline tbody tr")).to_have_count(3)
    assert expiry_of(pack) == pack.expires_at


@WINDOWS
def test_extend_until_a_date(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, options: dict[str, object]
) -> None:
    page = open_pack(sign_in(window(**options), mia), pack)
    until = end_of_the_day(40)
    page.get_by_label("or until").fill(until.date().isoformat())
    page.get_by_role("button", name="Extend", exact=True).click()

    expect(page.locator("#note span")).to_contain_text(f"good until {on_day(until)}.")
    assert expiry_of(pack) == until


def test_enter_in_the_reason_extends_nothing(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = open_pack(sign_in(window(), mia), pack)
    page.get_by_label("Reason for the extension").fill("ill")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Extend", exact=True).click()

    expect(page.locator("#until:invalid")).to_be_focused()
    assert expiry_lines(pack) == []


def test_mandatory_reason_is_required_before_sending(
    window: Window, sign_in: SignIn, mia: User, northside: Org, pack: Purchase
) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=True)
    page = open_pack(sign_in(window(), mia), pack)
    page.get_by_role("button", name="+7 days").click()
    expect(page.get_by_label("Reason for the extension")).to_be_focused()

    page.keyboard.type("ill")
    page.get_by_role("button", name="+7 days").click()
    expect(page.locator("#note span")).to_contain_text("good until")
    assert SessionRequest.objects.get().note == "ill"


@WINDOWS
def test_expired_pack_is_extended_by_one_more_click(
    window: Window, sign_in: SignIn, mia: User, expired: Purchase, options: dict[str, object]
) -> None:
    page = sign_in(window(**options), mia)
    assert expired.expires_at
    page.locator(f"#reinstate-{expired.pk}").click()
    expect(page.locator("#note span")).to_have_text(
        "Session reinstated for Ana Ruiz. 8 of 10 left. "
        f"The pack expired on {on_day(expired.expires_at)}."
    )
    expect(page.locator("#note").get_by_role("button", name="Undo")).to_be_visible()

    page.wait_for_timeout(600)
    page.get_by_role("button", name="Extend by 14 days").click()

    expect(page.locator("#note span")).to_have_text(
        f"Extended for Ana Ruiz: good until {on_day(end_of_the_day(14))}."
    )
    row = page.locator(f"#purchase-{expired.pk}")
    expect(row.locator(".expiry")).to_contain_text("in 14 days")
    expect(row.get_by_role("button", name="Use")).to_be_visible()

    page.wait_for_timeout(600)
    page.locator("#note").get_by_role("button", name="Undo").click()
    expect(row.locator(".expiry")).to_contain_text("expired")


def test_double_click_extends_once(
    window: Window, sign_in: SignIn, mia: User, expired: Purchase, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.locator(f"#reinstate-{expired.pk}").click()
    expect(page.locator(".extend-now")).to_be_visible()
    wait_for_click_guard(page)
    page.get_by_role("button", name="Extend by 14 days").dblclick()
    expect(page.locator("#note span")).to_contain_text("good until")
    open_pack(page, pack).get_by_role("button", name="+7 days").dblclick()
    expect(page.locator("#note span")).to_contain_text("good until")

    assert [len(expiry_lines(purchase)) for purchase in (expired, pack)] == [1, 1]


def test_extension_at_another_desk_appears(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    list_page, pack_page = sign_in(window(), mia), open_pack(sign_in(window(), mia), pack)
    other_page = open_pack(sign_in(window(), olivia), pack)
    expect(pack_page.locator(".expiry")).to_contain_text("in 5 days")

    other_page.get_by_role("button", name="+7 days").click()

    row = list_page.locator(f"#purchase-{pack.pk} .expiry")
    expect(row).to_contain_text("in 12 days", timeout=LIVE_TIMEOUT)
    expect(pack_page.locator(".expiry")).to_contain_text("in 12 days", timeout=LIVE_TIMEOUT)
    expect(pack_page.locator("[data-kind=expiry-extended]")).to_contain_text(
        "Olivia", timeout=LIVE_TIMEOUT
    )
    expect(pack_page.locator("#extend")).to_contain_text(
        f"from {on_day(end_of_the_day(12))}", timeout=LIVE_TIMEOUT
    )


def test_typed_reason_survives_a_live_update(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = open_pack(sign_in(window(), mia), pack)
    page.get_by_label("Reason for the extension").fill("ill for a week")
    page.get_by_role("heading", name="History").click()

    extended_by(olivia, pack)

    expect(page.locator("#extend")).to_contain_text(
        f"from {on_day(end_of_the_day(12))}", timeout=LIVE_TIMEOUT
    )
    expect(page.get_by_label("Reason for the extension")).to_have_value("ill for a week")


def test_expiry_changed_by_sql_appears_as_a_correction(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = open_pack(sign_in(window(), mia), pack)
    with another_connection() as psql:
        psql.execute("UPDATE client_purchases SET expires_at = NULL WHERE id = %s", [pack.pk])

    expect(page.locator(".expiry")).to_have_text("never", timeout=LIVE_TIMEOUT)
    line = page.locator("[data-kind=expiry-corrected]")
    expect(line).to_contain_text("Expiry corrected", timeout=LIVE_TIMEOUT)
    expect(line).to_contain_text("Another program")
    expect(page.get_by_role("button", name="+7 days")).to_have_count(0)


@WINDOWS
def test_page_shows_the_history_and_the_sessions_left_largest(
    window: Window,
    sign_in: SignIn,
    mia: User,
    olivia: User,
    pack: Purchase,
    options: dict[str, object],
) -> None:
    used_by(mia, pack)
    reinstated_by(olivia, pack, reason="class_cancelled")
    extended_by(mia, pack, note="ill")
    page = open_pack(sign_in(window(**options), mia), pack)
    today = on_day(timezone.now())

    expect(page.locator('[data-kind="used"]')).to_contain_text(
        f"Reinstated {today} by Olivia: class cancelled"
    )
    kinds = page.locator(".timeline tbody tr")
    expect(kinds).to_have_count(4)
    expect(page.locator(".timeline .used").nth(1)).to_have_text("4 → 3 used")
    if options.get("java_script_enabled", True):
        sizes = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.innerText)"
            ".map(e => [parseFloat(getComputedStyle(e).fontSize), e.innerText])"
        )
        assert max(sizes)[1] == "7"
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"]  # type: ignore[index]
