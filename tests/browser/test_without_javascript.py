"""The desk without JavaScript: forms, redirects and messages."""

import re

from playwright.sync_api import expect

from purchases.models import Org, Purchase, Refusal
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_client, make_purchase


def test_search_reinstate_use_and_refusal(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, used=1, client=make_client(org=northside, name="Ana Ruiz"))
    make_purchase(org=northside, client=make_client(org=northside, name="Zoë Ng"))
    page = sign_in(window(java_script_enabled=False), mia)
    row = page.locator(f"#purchase-{pack.pk}")

    page.get_by_label("Find a client").fill("ana")
    page.keyboard.press("Enter")
    expect(page.locator(".desk tbody tr")).to_have_count(1)

    row.get_by_role("button", name="Reinstate").click()
    expect(page).to_have_url(re.compile(r"\?q=ana&state=all$"))
    expect(row).to_have_attribute("data-used", "0")
    expect(page.locator("#note span")).to_have_text(
        "Session reinstated for Ana Ruiz. 10 of 10 left."
    )

    row.get_by_role("button", name="Use").click()
    expect(row).to_have_attribute("data-used", "1")
    expect(page.locator("#note span")).to_have_text("Session used for Ana Ruiz. 9 of 10 left.")

    Purchase.objects.filter(pk=pack.pk).update(sessions_used=0)
    row.get_by_role("button", name="Reinstate").click()
    expect(page.get_by_role("alert")).to_have_text(str(Refusal.NOTHING_USED.label))
    expect(row).to_have_attribute("data-used", "0")
    page.get_by_role("link", name="Back to the desk").click()
    expect(page).to_have_url(re.compile(r"\?q=ana&state=all$"))


def test_filters_and_pages_are_links(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    """Pagination and filters work by links."""
    client = make_client(org=northside)
    for used in [10] * 51:
        make_purchase(org=northside, client=client, used=used)
    page = sign_in(window(java_script_enabled=False), mia)
    page.get_by_role("link", name="Used up").click()
    expect(page.locator(".desk tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Older purchases").click()
    expect(page.locator(".desk tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Back to the newest").click()
    expect(page.locator(".desk tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Active").click()
    expect(page.get_by_role("heading", name="No active purchases.")).to_be_visible()
