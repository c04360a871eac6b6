"""The acts of a purchase's page: by keyboard, without JavaScript and on a phone.

Each is at most two presses away."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from purchases.models import Client as Buyer
from purchases.models import Org, Purchase
from studio.models import User
from tests.acts.acts import transferred_by
from tests.browser.conftest import WINDOWS, SignIn, Window
from tests.browser.live import LIVE_TIMEOUT
from tests.factories import make_client, make_offer, make_purchase
from tests.ledger import fresh, used_by


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, client=make_client(org=northside, name="Ana Ruiz"))


@pytest.fixture
def ben(northside: Org) -> Buyer:
    return make_client(org=northside, name="Ben Ode", email="ben@example.com")


def open_pack(page: Page, pack: Purchase) -> Page:
    page.goto(f"/purchases/{pack.pk}/")
    return page


def expect_message(page: Page, text: str) -> None:
    expect(page.locator("#note span").first).to_have_text(text)


def press_undo(page: Page) -> None:
    page.wait_for_timeout(600)
    page.locator("#note").get_by_role("button", name="Undo").click()


def test_correct_the_bought_sessions_by_keyboard_only(
    window: Window, sign_in: SignIn, olivia: User, pack: Purchase
) -> None:
    page = open_pack(sign_in(window(), olivia), pack)
    page.get_by_role("link", name="Correct bought").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Correct the bought sessions")).to_be_visible()

    page.get_by_label("Reason").focus()
    page.keyboard.type("counted twice")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Correct the bought sessions")).to_be_visible()
    button = page.get_by_role("button", name="1 fewer bought")
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    expect(button).to_have_accessible_description("10 → 9 bought, 6 left")
    page.keyboard.press("Space")

    expect_message(page, "Bought sessions corrected for Ana Ruiz. 6 of 9 left.")
    assert fresh(pack).sessions_total == 9
    press_undo(page)
    expect(page.locator("#note span").first).to_contain_text("7 of 10 left.")
    assert fresh(pack).sessions_total == 10


def test_a_correction_without_a_reason_is_not_sent(
    window: Window, sign_in: SignIn, olivia: User, pack: Purchase
) -> None:
    page = open_pack(sign_in(window(), olivia), pack)
    page.get_by_role("link", name="Correct used").click()
    page.get_by_role("button", name="1 more used").click()

    expect(page.get_by_label("Reason")).to_be_focused()
    assert fresh(pack).sessions_used == 3


@WINDOWS
def test_transfer_to_a_client_found_by_name_and_undo(
    window: Window,
    sign_in: SignIn,
    olivia: User,
    pack: Purchase,
    ben: Buyer,
    options: dict[str, object],
) -> None:
    page = open_pack(sign_in(window(**options), olivia), pack)
    page.get_by_role("link", name="Transfer").click()
    page.get_by_label("To which client?").fill("ode")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Transfer to Ben Ode").click()

    expect_message(page, "Transferred from Ana Ruiz to Ben Ode.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben Ode")
    expect(page.locator("#former-uses")).to_contain_text("3 used before the transfer, by Ana Ruiz")
    assert fresh(pack).client == ben
    press_undo(page)
    expect(page.locator("#note span").first).to_have_text(
        "Undone: the pack belongs to Ana Ruiz again."
    )
    assert fresh(pack).client == pack.client


@WINDOWS
def test_move_a_use_from_its_line_in_the_history(
    window: Window,
    sign_in: SignIn,
    mia: User,
    pack: Purchase,
    options: dict[str, object],
) -> None:
    offer = make_offer(org=pack.org, name="5-class pack")
    other = make_purchase(org=pack.org, client=pack.client, offer=offer, total=5, used=1)
    used_by(mia, pack)
    page = open_pack(sign_in(window(**options), mia), pack)
    page.locator("[data-kind=used]").get_by_role("link", name="Move").click()
    page.get_by_role("button", name="Charge 5-class pack").click()

    expect_message(page, "Use moved for Ana Ruiz to 5-class pack. This pack: 7 of 10 left.")
    assert (fresh(pack).sessions_used, fresh(other).sessions_used) == (3, 2)
    press_undo(page)
    expect(page.locator("#note span").first).to_contain_text("6 of 10 left.")


@WINDOWS
def test_refund_with_the_arithmetic_in_sight(
    window: Window, sign_in: SignIn, olivia: User, pack: Purchase, options: dict[str, object]
) -> None:
    page = open_pack(sign_in(window(**options), olivia), pack)
    page.get_by_role("link", name="Refund").click()
    expect(page.locator(".sum .total")).to_contain_text("140.00 AUD")
    page.get_by_label("Amount that you give back, in AUD").fill("140")
    page.get_by_role("button", name="Mark as refunded").click()

    expect_message(page, "Refunded for Ana Ruiz: you give 140.00 AUD back. The pack is closed.")
    expect(page.locator("[data-kind=purchase-refunded]")).to_contain_text("140.00 AUD given back")
    press_undo(page)
    expect(page.locator("#note span").first).to_contain_text("the pack is open again.")
    assert fresh(pack).payment_status == "succeeded"


@WINDOWS
def test_payment_received_takes_one_press(
    window: Window, sign_in: SignIn, mia: User, northside: Org, options: dict[str, object]
) -> None:
    unpaid = make_purchase(org=northside, payment_status="pending")
    page = open_pack(sign_in(window(**options), mia), unpaid)
    page.get_by_role("button", name="Payment received").click()

    expect_message(page, "Payment received from Ana Ruiz. The pack is paid.")
    assert fresh(unpaid).payment_status == "succeeded"


def test_a_transfer_at_another_desk_appears(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase, ben: Buyer
) -> None:
    page = open_pack(sign_in(window(), mia), pack)
    list_page = sign_in(window(), mia)

    transferred_by(olivia, pack, ben)

    expect(page.locator("[data-kind=purchase-transferred]")).to_contain_text(
        "Transferred from Ana Ruiz to Ben Ode", timeout=LIVE_TIMEOUT
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben Ode", timeout=LIVE_TIMEOUT)
    expect(list_page.locator(f"#purchase-{pack.pk} .client")).to_have_text(
        "Ben Ode", timeout=LIVE_TIMEOUT
    )


def test_a_payment_at_another_desk_appears(
    window: Window, sign_in: SignIn, mia: User, olivia: User, northside: Org
) -> None:
    unpaid = make_purchase(org=northside, payment_status="pending", purchased_at=timezone.now())
    page = open_pack(sign_in(window(), mia), unpaid)
    other_page = open_pack(sign_in(window(), olivia), unpaid)

    other_page.get_by_role("button", name="Payment received").click()

    row = page.locator(f"#purchase-{unpaid.pk}")
    expect(row.get_by_role("button", name="Use")).to_be_visible(timeout=LIVE_TIMEOUT)
    expect(page.get_by_role("button", name="Payment received")).to_have_count(
        0, timeout=LIVE_TIMEOUT
    )
