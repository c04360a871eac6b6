"""A longer expiry: from the page of the pack, and in one more click where a session went back into
an expired one. With JavaScript and without, on a phone, and on two desks at once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from purchases.formatting import on_day
from purchases.models import Org, Purchase, SessionRequest
from studio.models import Policy, User
from tests.browser.conftest import WINDOWS, SignIn, Window
from tests.browser.live import SOON, wait_for_click_guard
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


def opened(page: Page, pack: Purchase) -> Page:
    page.goto(f"/purchases/{pack.pk}/")
    return page


@WINDOWS
def test_by_days_with_a_reason_and_back_from_the_history(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, options: dict[str, object]
) -> None:
    page = opened(sign_in(window(**options), mia), pack)
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
def test_until_a_day(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, options: dict[str, object]
) -> None:
    page = opened(sign_in(window(**options), mia), pack)
    until = end_of_the_day(40)
    page.get_by_label("or until").fill(until.date().isoformat())
    page.get_by_role("button", name="Extend", exact=True).click()

    expect(page.locator("#note span")).to_contain_text(f"good until {on_day(until)}.")
    assert expiry_of(pack) == until


def test_enter_in_the_reason_extends_nothing(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = opened(sign_in(window(), mia), pack)
    page.get_by_label("Reason for the extension").fill("ill")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Extend", exact=True).click()

    expect(page.locator("#until:invalid")).to_be_focused()
    assert expiry_lines(pack) == []


def test_a_mandatory_reason_is_asked_for_before_anything_is_sent(
    window: Window, sign_in: SignIn, mia: User, northside: Org, pack: Purchase
) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=True)
    page = opened(sign_in(window(), mia), pack)
    page.get_by_role("button", name="+7 days").click()
    expect(page.get_by_label("Reason for the extension")).to_be_focused()

    page.keyboard.type("ill")
    page.get_by_role("button", name="+7 days").click()
    expect(page.locator("#note span")).to_contain_text("good until")
    assert SessionRequest.objects.get().note == "ill"


@WINDOWS
def test_into_an_expired_pack_it_is_one_more_click(
    window: Window, sign_in: SignIn, mia: User, expired: Purchase, options: dict[str, object]
) -> None:
    page = sign_in(window(**options), mia)
    assert expired.expires_at
    page.locator(f"#reinstate-{expired.pk}").click()
    expect(page.locator("#note span")).to_have_text(
        "Session reinstated for Ana Ruiz. 2 of 10 used. "
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


def test_a_double_click_on_it_extends_once(
    window: Window, sign_in: SignIn, mia: User, expired: Purchase, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.locator(f"#reinstate-{expired.pk}").click()
    expect(page.locator(".extend-now")).to_be_visible()
    wait_for_click_guard(page)
    page.get_by_role("button", name="Extend by 14 days").dblclick()
    expect(page.locator("#note span")).to_contain_text("good until")
    opened(page, pack).get_by_role("button", name="+7 days").dblclick()
    expect(page.locator("#note span")).to_contain_text("good until")

    assert [len(expiry_lines(each)) for each in (expired, pack)] == [1, 1]


def test_what_one_desk_extends_stands_on_the_other(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    list_here, page_here = sign_in(window(), mia), opened(sign_in(window(), mia), pack)
    there = opened(sign_in(window(), olivia), pack)
    expect(page_here.locator(".expiry")).to_contain_text("in 5 days")

    there.get_by_role("button", name="+7 days").click()

    row = list_here.locator(f"#purchase-{pack.pk} .expiry")
    expect(row).to_contain_text("in 12 days", timeout=SOON)
    expect(page_here.locator(".expiry")).to_contain_text("in 12 days", timeout=SOON)
    expect(page_here.locator("[data-kind=expiry-extended]")).to_contain_text("Olivia", timeout=SOON)
    expect(page_here.locator("#extend")).to_contain_text(
        f"from {on_day(end_of_the_day(12))}", timeout=SOON
    )


def test_a_reason_that_was_typed_stays_where_the_expiry_moves_under_it(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page = opened(sign_in(window(), mia), pack)
    page.get_by_label("Reason for the extension").fill("ill for a week")
    page.get_by_role("heading", name="History").click()

    extended_by(olivia, pack)

    expect(page.locator("#extend")).to_contain_text(
        f"from {on_day(end_of_the_day(12))}", timeout=SOON
    )
    expect(page.get_by_label("Reason for the extension")).to_have_value("ill for a week")


def test_an_expiry_that_sql_changed_stands_on_every_page_as_what_it_is(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = opened(sign_in(window(), mia), pack)
    with another_connection() as psql:
        psql.execute("UPDATE client_purchases SET expires_at = NULL WHERE id = %s", [pack.pk])

    expect(page.locator(".expiry")).to_have_text("never", timeout=SOON)
    line = page.locator("[data-kind=expiry-corrected]")
    expect(line).to_contain_text("Expiry corrected", timeout=SOON)
    expect(line).to_contain_text("Another program")
    expect(page.get_by_role("button", name="+7 days")).to_have_count(0)


@WINDOWS
def test_the_page_tells_the_story_and_what_is_left_is_the_biggest_on_it(
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
    page = opened(sign_in(window(**options), mia), pack)
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
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= page.viewport_size["width"]  # type: ignore[index]
