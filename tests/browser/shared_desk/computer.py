"""The computer that people share, and who it says is there."""

from playwright.sync_api import Page, expect

from tests.shared_desk.people import PIN

# By these Noah takes over.
KEYS = [".", "n", *PIN]


def is_at_the_desk(page: Page, name: str) -> None:
    expect(page.locator(".top .who b")).to_have_text(name)


def is_locked(page: Page) -> None:
    expect(page.get_by_role("heading", name="Who is at the desk?")).to_be_visible()
    expect(page.get_by_text("The desk is locked.")).to_be_visible()
    expect(page.get_by_text("Quil")).to_have_count(0)
