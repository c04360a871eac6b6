"""Helpers for tests of live updates."""

from playwright.sync_api import Page, Request, expect

from purchases.models import Purchase
from tests.database import another_connection

# Milliseconds. A desk updates within two seconds, but these tests may run on a busy machine.
LIVE_TIMEOUT = 30_000


def set_count_by_sql(pack: Purchase, used: int) -> None:
    """Set the count on a separate connection, as another program would."""
    with another_connection() as psql:
        psql.execute(
            "UPDATE client_purchases SET sessions_used = %s WHERE id = %s", [used, pack.pk]
        )


def row(pack: Purchase) -> str:
    return f"#purchase-{pack.pk}"


def expect_count(page: Page, pack: Purchase, used: int) -> None:
    expect(page.locator(row(pack))).to_have_attribute("data-used", str(used), timeout=LIVE_TIMEOUT)
    expect(page.locator(f"{row(pack)} .left strong")).to_have_text(str(10 - used))


def record_polls(page: Page) -> list[str]:
    """Return a list that collects the URL of each later poll of the page."""
    urls: list[str] = []

    def record(request: Request) -> None:
        if "/purchases/changes/" in request.url or "/purchases/rows/" in request.url:
            urls.append(request.url)

    page.on("request", record)
    return urls


GUARD_IS_OVER = """async () => {
    const { CLICK_GUARD_MS, swappedAt } = await import("/static/studio/studio.js");
    return performance.now() - Math.max(0, ...swappedAt.values()) > CLICK_GUARD_MS;
}"""


def wait_for_click_guard(page: Page) -> None:
    """Wait until new buttons can be clicked."""
    while not page.evaluate(GUARD_IS_OVER):
        page.wait_for_timeout(50)
