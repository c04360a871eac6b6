"""Screenshots of the pages of the acts, and of the pages after them."""

from playwright.sync_api import Page

from purchases.models import Client, Purchase
from tests.browser.screenshots.demo import CLICK_GUARD, ZOE, Shoot


def shoot_acts(page: Page, shoot: Shoot) -> None:
    """Take screenshots as an owner, on a new pack with another pack beside it."""
    page.goto("/purchases/")
    page.get_by_role("link", name=ZOE).click()
    client_url = page.url
    client = Client.objects.get(pk=client_url.rstrip("/").rsplit("/", 1)[1])
    pack, _ = (
        Purchase.objects.create(
            org=client.org,
            client=client,
            offer=client.org.offers.filter(sessions_included=20).earliest("pk"),
            amount_paid_cents=44000,
            sessions_total=20,
            sessions_used=4,
            payment_status="succeeded",
        )
        for _ in range(2)
    )
    url = f"/purchases/{pack.pk}/"
    page.goto(url)
    page.locator("form.use button").click()
    page.locator("#note .undo").wait_for()
    shoot(page, "purchase-used")
    page.locator("#acts").scroll_into_view_if_needed()
    shoot(page, "purchase-acts")
    for act in ("correct-used", "correct-total", "refund", "transfer"):
        page.goto(f"{url}{act}/")
        shoot(page, f"act-{act}")
    page.get_by_label("To which client?").fill("an")
    page.keyboard.press("Enter")
    page.locator(".choices").wait_for()
    shoot(page, "act-transfer-found")
    page.locator(".choices button").first.click()
    page.locator("#note .undo").wait_for()
    shoot(page, "purchase-transferred")
    page.locator(".timeline tr").last.scroll_into_view_if_needed()
    page.goto(client_url)
    page.locator("#transfers").scroll_into_view_if_needed()
    shoot(page, "client-transfers")
    page.goto(url)
    page.locator("#history [data-kind=purchase-transferred] button").click()
    page.locator("#note .notice").wait_for()
    page.wait_for_timeout(CLICK_GUARD)
    page.goto(f"{url}refund/")
    page.get_by_label("Amount that you give back").fill("12345678")
    page.get_by_role("button", name="Mark as refunded").click()
    page.locator("#problem").wait_for()
    shoot(page, "act-refund-refused")
    page.get_by_label("Amount that you give back").fill("80")
    page.get_by_role("button", name="Mark as refunded").click()
    page.locator("#note .undo").wait_for()
    shoot(page, "purchase-refunded")
    page.wait_for_timeout(CLICK_GUARD)
    page.locator("#note .undo button").click()
    page.get_by_text("the pack is open again").wait_for()
    page.goto(f"{url}move-use/")
    shoot(page, "act-move-use")
    page.locator(".choices button").first.click()
    page.locator("#note .undo").wait_for()
    shoot(page, "purchase-use-moved")
    unpaid = Purchase.objects.filter(payment_status="pending", org=pack.org).first()
    assert unpaid, "the demo has an unpaid pack"
    page.goto(f"/purchases/{unpaid.pk}/")
    shoot(page, "purchase-not-paid")


# The pages of an owner that need no further step.
PAGES = {
    "/studio/": "studio",
    "/offers/": "offers",
    "/offers/new/": "offer-new",
    "/sell/": "sell",
    "/export/": "export",
    "/import/": "import",
    "/import/balances/": "import-balances",
    "/clients/add/?name=Willa": "client-add",
    "/seals/": "seals",
    "/accounts/sessions/": "signed-in-places",
    "/accounts/studios/": "your-studios",
}


def shoot_records(page: Page, shoot: Shoot) -> None:
    """Take screenshots of the pages of an owner, and of a receipt that was checked."""
    for path, name in PAGES.items():
        page.goto(path)
        shoot(page, name)
    page.goto("/seals/receipt/")
    page.get_by_label("Line").fill("C1")
    page.get_by_label("Code").fill("0000-0000-0000")
    page.get_by_role("button", name="Check").click()
    page.wait_for_load_state("networkidle")
    shoot(page, "receipt-checked")
