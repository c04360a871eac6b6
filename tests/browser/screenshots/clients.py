"""Screenshots of selling, of an edited and a merged client, and of an import."""

from playwright.sync_api import Page

from tests.browser.screenshots.demo import Shoot
from tests.imports.planned import FILES


def shoot_clients(page: Page, shoot: Shoot) -> None:
    """Take screenshots of the pages that begin at a client with two namesakes."""
    page.goto("/purchases/?q=Ana Ruiz")
    page.locator(".found h2 a").first.click()
    page.wait_for_url("**/clients/**")
    url = page.url
    page.get_by_role("link", name="Edit", exact=True).click()
    shoot(page, "client-edit")
    page.goto(url)
    page.get_by_role("link", name="Merge", exact=True).click()
    shoot(page, "client-merge")
    page.locator(".choices a").first.click()
    page.get_by_role("button", name="Merge them").wait_for()
    shoot(page, "client-merge-records")
    page.goto(url)
    page.locator(".client-acts").get_by_role("link", name="Sell").click()
    page.get_by_role("radio", name="10-class pack").check()
    page.get_by_role("radio", name="Cash").check()
    shoot(page, "sell-to-client")
    page.get_by_role("button", name="Sell", exact=True).last.click()
    page.locator("#note .undo").wait_for()
    shoot(page, "sold")


def shoot_import(page: Page, shoot: Shoot) -> None:
    """Take screenshots of each page of an import, as an owner, and undo it."""
    page.goto("/import/")
    page.get_by_label("File").set_input_files(FILES / "package_tracker.csv")
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url("**/columns/")
    shoot(page, "import-columns")
    page.get_by_role("button", name="Next: check the people").click()
    page.wait_for_url("**/check/")
    shoot(page, "import-check")
    page.get_by_role("button", name="Import this").click()
    page.get_by_role("button", name="Undo the import").wait_for()
    shoot(page, "import-done")
    page.get_by_role("button", name="Undo the import").click()
    page.get_by_text("This import was undone.").wait_for()
    shoot(page, "import-undone")
