"""A person changes between two studios by keyboard, while another tab shows the former one."""

from playwright.sync_api import expect

from purchases.models import Client, Org
from studio.models import Membership, User
from tests.browser.conftest import SignIn, Window
from tests.browser.test_accessibility import assert_no_violations
from tests.factories import make_org


def test_a_tab_of_the_former_studio_adds_nothing_to_the_other(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    third = make_org(name="Third Studio")
    Membership.objects.create(user=mia, org=third, role="staff")
    mia.memberships.filter(org=northside).update(opened_at=third.created_at)
    page = sign_in(window(), mia)
    tab = page.context.new_page()
    tab.goto("/clients/add/")
    tab.locator("[name=full_name]").fill("Willa Park")

    page.get_by_role("link", name="Your studios").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your studios")).to_be_visible()
    assert_no_violations(page)
    page.get_by_role("button", name="Open Third Studio").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Third Studio")).to_be_visible()

    tab.get_by_role("button", name="Add the client").click()
    expect(tab.get_by_text("this browser shows Third Studio now.")).to_be_visible()
    assert not Client.objects.filter(full_name="Willa Park").exists()
