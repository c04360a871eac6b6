"""The page of a client: sessions left, the order of packs and the reinstatements. With and without
JavaScript, on a phone, and with two desks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from purchases.models import Client, Org
from studio.models import User
from tests.browser.conftest import WINDOWS, SignIn, Window
from tests.browser.live import LIVE_TIMEOUT
from tests.factories import make_client, make_purchase
from tests.ledger import reinstated_by


@pytest.fixture
def ana(northside: Org) -> Client:
    """A client with an active pack and an older, expired one."""
    ana = make_client(org=northside, name="Ana Ruiz")
    now = timezone.now()
    make_purchase(org=northside, client=ana, used=3, expires_at=now + timedelta(days=20))
    make_purchase(org=northside, client=ana, used=10, expires_at=now - timedelta(days=2))
    return ana


@WINDOWS
def test_reinstatement_updates_the_row_the_sum_and_the_table(
    window: Window, sign_in: SignIn, mia: User, ana: Client, options: dict[str, object]
) -> None:
    page = sign_in(window(**options), mia)
    page.goto(f"/clients/{ana.pk}/")
    rows = page.locator(".desk tbody tr")
    expect(rows.nth(0).locator(".expiry")).to_contain_text("in 20 days")
    expect(rows.nth(1).locator(".expiry")).to_contain_text("expired")
    expect(page.locator("#in-all")).to_have_text("7 sessions left")
    expect(page.locator("#given-back")).to_have_text("None in the last year.")

    rows.nth(0).locator("summary").click()
    rows.nth(0).get_by_role("button", name="Late cancel forgiven").click()

    expect(page.locator("#note span").first).to_contain_text("8 of 10 left.")
    expect(rows.nth(0)).to_have_attribute("data-used", "2")
    expect(page.locator("#in-all")).to_have_text("8 sessions left", timeout=LIVE_TIMEOUT)
    line = page.locator("#given-back tbody tr")
    expect(line.locator("th")).to_have_text("Late cancel forgiven", timeout=LIVE_TIMEOUT)
    expect(line.locator("td")).to_have_text(["1", "1", "1"])


def test_reinstatement_at_another_desk_appears(
    window: Window, sign_in: SignIn, mia: User, olivia: User, ana: Client
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/clients/{ana.pk}/")
    reinstated_by(olivia, ana.purchases.newest_first()[1], reason="class_cancelled")

    expect(page.locator("#given-back tbody th")).to_have_text(
        "Class cancelled", timeout=LIVE_TIMEOUT
    )
