"""Expectations about the page of a shared desk."""

from playwright.sync_api import Page, expect

from tests.shared_desk.people import PIN

# The keys with which Noah takes over: open the dialog, choose his letter, type his PIN.
KEYS = [".", "n", *PIN]


def expect_acting_member(page: Page, name: str) -> None:
    expect(page.locator(".top .who b")).to_have_text(name)


def expect_locked(page: Page) -> None:
    expect(page.get_by_role("heading", name="Who is at the desk?")).to_be_visible()
    expect(page.get_by_text("The desk is locked.")).to_be_visible()
    expect(page.get_by_text("Quil")).to_have_count(0)
