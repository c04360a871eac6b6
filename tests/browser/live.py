"""What the tests of the live update share."""

from playwright.sync_api import Page, Request, expect

from purchases.models import Purchase
from tests.database import another_connection

# Milliseconds. Two seconds on a desk; these tests share their machine with other tests.
SOON = 5_000


def by_sql(pack: Purchase, used: int) -> None:
    """Another program changes the count, or the same desk would wait for itself."""
    with another_connection() as psql:
        psql.execute(
            "UPDATE client_purchases SET sessions_used = %s WHERE id = %s", [used, pack.pk]
        )


def row(pack: Purchase) -> str:
    return f"#purchase-{pack.pk}"


def shows(page: Page, pack: Purchase, used: int) -> None:
    expect(page.locator(row(pack))).to_have_attribute("data-used", str(used), timeout=SOON)
    expect(page.locator(f"{row(pack)} .left strong")).to_have_text(str(10 - used))


def polls_of(page: Page) -> list[str]:
    """Every question of the page from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/purchases/changes/" in request.url or "/purchases/rows/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


GUARD_IS_OVER = """async () => {
    const { CLICK_GUARD_MS, swappedAt } = await import("/static/studio/studio.js");
    return performance.now() - Math.max(0, ...swappedAt.values()) > CLICK_GUARD_MS;
}"""


def wait_for_click_guard(page: Page) -> None:
    """Wait until new buttons can be clicked."""
    while not page.evaluate(GUARD_IS_OVER):
        page.wait_for_timeout(50)
