"""Reasons and notes of a reinstatement, its undo, and the choice of a use in the history."""

from playwright.sync_api import expect

from purchases.models import Org, SessionRequest
from studio.models import Policy, User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_purchase


def test_menu_sends_a_reason_and_a_note(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    row = page.locator(f"#purchase-{pack.pk}")

    row.locator("summary").click()
    row.get_by_label("Note").fill("water on the floor")
    row.get_by_role("button", name="Class cancelled").click()

    expect(row).to_have_attribute("data-used", "2")
    request = SessionRequest.objects.get()
    assert (request.reason, request.note) == ("class_cancelled", "water on the floor")
    expect(page.locator("details[open]")).to_have_count(0)


def test_mandatory_reason_opens_the_menu(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=True)
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    row = page.locator(f"#purchase-{pack.pk}")
    pages: list[str] = []
    page.on("framenavigated", lambda frame: pages.append(frame.url))

    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#reinstate-{pack.pk}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row.get_by_role("button", name="Late cancel forgiven")).to_be_visible()
    # Enter in the note must not submit the first reason.
    row.get_by_label("Note").fill("first time")
    page.keyboard.press("Enter")
    expect(row).to_have_attribute("data-used", "3")
    row.get_by_role("button", name="Late cancel forgiven").click()

    expect(row).to_have_attribute("data-used", "2")
    assert SessionRequest.objects.get().reason == "late_cancel_forgiven"
    assert pages == [], "no page was loaded"


def test_escape_and_a_click_elsewhere_close_the_menu(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchase(org=northside)
    page = sign_in(window(), mia)
    menu = page.locator("details[open]")

    page.locator("summary").click()
    expect(menu).to_have_count(1)
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(page.locator("summary")).to_be_focused()

    page.locator("summary").click()
    page.locator("#result-count").click()
    expect(menu).to_have_count(0)


def test_note_offers_undo(window: Window, sign_in: SignIn, mia: User, northside: Org) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    row = page.locator(f"#purchase-{pack.pk}")
    page.locator(f"#reinstate-{pack.pk}").click()
    expect(row).to_have_attribute("data-used", "2")

    page.get_by_role("button", name="Undo").click()

    expect(row).to_have_attribute("data-used", "3")
    expect(page.locator("#note span")).to_have_text(
        "Undone for Ana Ruiz: the session counts as used again. 7 of 10 left."
    )


def test_undo_works_without_its_row(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    page = sign_in(window(), mia)
    page.locator(f"#reinstate-{pack.pk}").click()
    page.get_by_label("Find a client").fill("nobody")
    expect(page.locator(f"#purchase-{pack.pk}")).to_have_count(0)

    page.get_by_role("button", name="Undo").click()

    expect(page.locator("#note span")).to_contain_text("Undone for Ana Ruiz")
    pack.refresh_from_db()
    assert pack.sessions_used == 3


def test_history_reinstates_and_undoes_a_chosen_use(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    for javascript in [True, False]:
        pack = make_purchase(org=northside, used=0)
        page = sign_in(window(java_script_enabled=javascript), mia)
        page.locator(f"#purchase-{pack.pk}").get_by_role("button", name="Use").click()
        expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "1")
        page.locator(f"#purchase-{pack.pk} .offer").click()

        page.get_by_role("button", name="Reinstate this visit").click()
        expect(page.locator("#note span")).to_contain_text("10 of 10 left.")
        expect(page.locator(".history tbody tr")).to_have_count(3)
        expect(page.get_by_role("button", name="Reinstate this visit")).to_have_count(0)

        page.locator(".history").get_by_role("button", name="Undo").click()
        expect(page.locator(f"#purchase-{pack.pk}")).to_have_attribute("data-used", "1")
        kinds = page.locator(".history tbody tr").evaluate_all(
            "rows => rows.map(r => r.dataset.kind)"
        )
        assert kinds == ["undone", "reinstated", "used", "opened"]
