"""Typed text is on the page again after a refused press.

tests/test_refused_forms.py has the same without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from purchases.models import Org, Purchase, SessionRequest
from studio.models import Session, User
from tests.browser.conftest import SignIn, Window
from tests.browser.shared_desk.expectations import expect_acting_member
from tests.factories import PASSWORD, make_client, make_purchase, make_user
from tests.shared_desk.people import PIN, give_pin

NOTE = "Ana’s knee"
AGAIN = "What you typed is here again."


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(
        org=northside,
        client=make_client(org=northside, name="Bernadette Quil"),
        expires_at=timezone.now() + timedelta(days=30),
    )


@pytest.fixture
def noah(northside: Org, mia: User) -> User:
    """The user Noah. Mia and Noah each have a PIN."""
    noah = make_user(username="noah", org=northside)
    for user in (mia, noah):
        give_pin(user)
    return noah


def note_of(page: Page, pack: Purchase) -> Locator:
    return page.locator(f"#purchase-{pack.pk}").get_by_label("Note")


def press(page: Page, pack: Purchase) -> None:
    page.locator(f"#purchase-{pack.pk} .menu").get_by_role("button", name="Other").click()


def type_note(page: Page, pack: Purchase) -> None:
    page.locator(f"#purchase-{pack.pk} summary").click()
    note_of(page, pack).fill(NOTE)


def fill_in_sign_in(page: Page, user: User) -> None:
    page.get_by_label("Name", exact=True).fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def stored(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)"))


def test_a_note_is_there_again_after_the_sign_in_and_is_pressed_once_more(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto("/purchases/?q=quil")
    # No poll may notice the end of the session before the press.
    page.route("**/purchases/changes/", lambda route: route.fulfill(status=304))
    type_note(page, pack)
    Session.objects.all().delete()

    press(page, pack)

    expect(page.get_by_role("alert")).to_contain_text("Not done: you were signed out.")
    assert "knee" not in page.url
    fill_in_sign_in(page, mia)
    expect(page).to_have_url(re.compile(r"/purchases/\?q=quil$"))
    expect(note_of(page, pack)).to_have_value(NOTE)
    expect(page.locator("#note")).to_contain_text(AGAIN)
    assert not SessionRequest.objects.exists(), "nothing is sent without a press"
    assert "knee" not in stored(page)

    press(page, pack)

    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")
    assert SessionRequest.objects.get().note == NOTE
    page.reload()
    expect(note_of(page, pack)).to_have_value("")
    assert page.evaluate("sessionStorage.typed") is None


SLOW_ENCRYPTION = """
    const { encrypt } = SubtleCrypto.prototype;
    SubtleCrypto.prototype.encrypt = async function (...all) {
        await new Promise((done) => setTimeout(done, 500));
        return encrypt.apply(this, all);
    };
"""


def test_the_answer_to_a_press_does_not_lead_away_before_the_text_is_kept(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.add_init_script(SLOW_ENCRYPTION)
    page.goto("/purchases/?q=quil")
    page.route("**/purchases/changes/", lambda route: route.fulfill(status=304))
    type_note(page, pack)
    Session.objects.all().delete()

    press(page, pack)

    expect(page.get_by_role("alert")).to_contain_text("Not done: you were signed out.")
    fill_in_sign_in(page, mia)
    expect(note_of(page, pack)).to_have_value(NOTE)


def test_the_text_is_there_after_a_sign_in_that_is_quicker_than_the_script(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.goto("/purchases/?q=quil")
    page.route("**/purchases/changes/", lambda route: route.fulfill(status=304))
    type_note(page, pack)
    Session.objects.all().delete()
    # The script of the next page, the sign-in, never arrives.
    page.route("**/typed.js", lambda route: None, times=1)

    press(page, pack)

    expect(page.get_by_role("alert")).to_contain_text("Not done: you were signed out.")
    fill_in_sign_in(page, mia)
    expect(note_of(page, pack)).to_have_value(NOTE)


def test_another_person_who_signs_in_sees_nothing_of_it(
    window: Window,
    sign_in: SignIn,
    mia: User,
    noah: User,
    pack: Purchase,
    console: list[str],
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{pack.pk}/")
    page.route("**/purchases/changes/", lambda route: route.fulfill(status=304))
    page.get_by_label("Reason for the extension").fill(NOTE)
    Session.objects.all().delete()
    page.get_by_role("button", name="+7 days").click()
    # The script leaves the page that answers the form.
    expect(page).to_have_url(re.compile(r"/accounts/login/\?.*pressed=1$"))
    expect(page.get_by_role("alert")).to_contain_text("Not done: you were signed out.")
    assert page.evaluate("sessionStorage.typed")
    assert "knee" not in stored(page), "it is encrypted"

    fill_in_sign_in(page, noah)

    expect_acting_member(page, "Noah")
    expect(page).to_have_url(re.compile(f"/purchases/{pack.pk}/$"))
    expect(page.get_by_label("Reason for the extension")).to_have_value("")
    while page.evaluate("sessionStorage.typed"):
        page.wait_for_timeout(50)
    assert all("403" in line for line in console), console
    console.clear()


def test_a_pasted_list_is_there_again_after_a_lock_and_not_after_a_sign_out(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    """Noah unlocks the desk first. Mia's list comes back for her."""
    page = sign_in(window(), mia)
    page.goto("/cancelled-class/")
    pasted = page.get_by_label("E-mails or names")
    pasted.fill("Bernadette Quil")
    page.get_by_role("button", name="Find these people").last.click()
    box = page.locator(f"#pack-{pack.pk}")
    expect(box).to_be_checked()
    box.uncheck()
    page.evaluate("localStorage.setItem('desk-seen', Date.now() - 15 * 60 * 1000)")
    expect(page.get_by_text("The desk is locked.")).to_be_visible()

    page.locator(".persons label", has_text="Noah").click()
    page.keyboard.type(PIN)
    expect_acting_member(page, "Noah")
    expect(pasted).to_have_value("")
    page.get_by_role("link", name="At the desk: Noah").click()
    page.locator(".persons label", has_text="Mia").click()
    page.keyboard.type(PIN)
    expect_acting_member(page, "Mia")

    expect(pasted).to_have_value("Bernadette Quil")
    page.get_by_role("button", name="Find these people").last.click()
    expect(box).not_to_be_checked()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.typed") is None


def test_the_next_person_continues_if_the_desk_changes_hands_in_sight(
    window: Window, sign_in: SignIn, mia: User, noah: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    type_note(page, pack)
    page.get_by_role("link", name="At the desk: Mia").click()
    page.locator(".persons label", has_text="Noah").click()
    page.keyboard.type(PIN)
    expect_acting_member(page, "Noah")
    expect(note_of(page, pack)).to_have_value(NOTE)


def test_a_note_is_there_again_after_a_change_of_the_csrf_token(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    context = window()
    page = sign_in(context, mia)
    type_note(page, pack)
    context.add_cookies(
        [{"name": "csrftoken", "value": "x" * 32, "domain": "localhost", "path": "/"}]
    )

    press(page, pack)

    expect(page.locator("#note")).to_contain_text("This page is out of date.")
    expect(note_of(page, pack)).to_have_value(NOTE)
    page.get_by_role("link", name="Reload the page").click()
    expect(page.locator("#note")).to_contain_text(AGAIN)
    press(page, pack)
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "2")
    assert SessionRequest.objects.get().note == NOTE
    assert all("403" in line for line in console), console
    console.clear()
