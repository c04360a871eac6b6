"""Process a cancelled class in a browser, from the pasted list to the reinstated sessions."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.test_accessibility import PHONE, assert_no_violations
from tests.cancelled_class.lists import reinstatement_count
from tests.factories import make_client, make_purchase, make_purchases

SUBMIT = re.compile("Give a session back to each")
JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "none"])


def make_class(org: Org) -> dict[str, Purchase]:
    people = {"ana": "Ana Ruiz", "jose": "José Álvarez", "jo": "Jo Ng", "joe": "Jo Ng"}
    return {
        key: make_purchase(org=org, client=make_client(org=org, name=name, email=f"{key}@x.org"))
        for key, name in people.items()
    }


def paste(page: Page, text: str) -> None:
    page.get_by_role("link", name="Class cancelled").click()
    page.get_by_label("E-mails or names").fill(text)
    page.get_by_role("button", name="Find these people").last.click()


def checkbox(page: Page, purchase: Purchase) -> str:
    return f"#pack-{purchase.pk}"


@JAVASCRIPT
def test_paste_choose_search_and_submit(
    window: Window, sign_in: SignIn, mia: User, northside: Org, javascript: bool
) -> None:
    packs = make_class(northside)
    zoe = make_purchase(org=northside, client=make_client(org=northside, name="Zoë Ek"))
    page = sign_in(window(java_script_enabled=javascript), mia)

    paste(page, "ana@x.org, Jose Alvarez\nJo Ng\nNobody Here")
    expect(page.get_by_role("heading", name="2 on the list")).to_be_visible()
    expect(page.locator(".look")).to_contain_text("Nobody Here")
    expect(page.locator(checkbox(page, packs["ana"]))).to_be_checked()
    expect(page.locator(checkbox(page, packs["jo"]))).not_to_be_checked()
    page.locator(checkbox(page, packs["jo"])).check()
    page.locator(checkbox(page, packs["jose"])).uncheck()

    page.get_by_label("Add a person").fill("zoe")
    page.keyboard.press("Enter")
    expect(page.locator(checkbox(page, zoe))).not_to_be_checked()
    page.locator(checkbox(page, zoe)).check()
    expect(page.locator(checkbox(page, packs["jo"]))).to_be_checked()
    expect(page.locator(checkbox(page, packs["jose"]))).not_to_be_checked()
    expect(page.get_by_label("E-mails or names")).to_have_value(re.compile("Nobody Here"))
    if javascript:
        expect(page.get_by_role("button", name=SUBMIT)).to_have_text(re.compile(r"\(3\)"))
    page.get_by_label("Note").fill("Reformer 18:00")
    assert reinstatement_count() == 0

    page.get_by_role("button", name=SUBMIT).click()
    expect(page).to_have_url(re.compile(r"/cancelled-class/[0-9a-f-]{36}/$"))
    expect(page.locator("#progress-text")).to_have_text("3 of 3 given back")
    expect(page.locator(f"#result-{zoe.pk}")).to_contain_text("8 2 of 10 used")
    expect(page.locator(f"#result-{zoe.pk}")).to_contain_text("given back")
    requests = SessionRequest.objects.values_list("reason", "note").distinct()
    assert [*requests] == [("class_cancelled", "Reformer 18:00")]
    page.reload()
    expect(page.locator("#progress-text")).to_have_text("3 of 3 given back")
    assert reinstatement_count() == 3


def test_one_click_processes_500_in_chunks(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchases(org=northside, count=500)
    page = sign_in(window(), mia)
    paste(page, "\n".join(f"ana{n}@example.com" for n in range(500)))
    urls: list[str] = []
    page.on("request", lambda sent: urls.append(sent.url) if "/reinstate/" in sent.url else None)

    page.get_by_role("button", name=SUBMIT).click()

    expect(page.locator("#progress-text")).to_have_text("500 of 500 given back", timeout=60_000)
    expect(page.locator(".results tbody tr")).to_have_count(500)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "500")
    assert len(urls) == 10
    assert reinstatement_count() == 500


def test_button_continues_without_javascript(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchases(org=northside, count=60)
    page = sign_in(window(java_script_enabled=False), mia)
    paste(page, "\n".join(f"ana{n}@example.com" for n in range(60)))

    page.get_by_role("button", name=SUBMIT).click()
    expect(page.locator("#progress-text")).to_have_text("50 of 60 given back · 10 left to do")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "50")
    page.get_by_role("button", name="Finish the rest").click()

    expect(page.locator("#progress-text")).to_have_text("60 of 60 given back")


def test_another_member_finishes_the_list_of_a_closed_browser(
    window: Window, sign_in: SignIn, mia: User, olivia: User, northside: Org
) -> None:
    make_purchases(org=northside, count=120)
    context = window()
    page = sign_in(context, mia)
    paste(page, "\n".join(f"ana{n}@example.com" for n in range(120)))
    page.get_by_role("button", name=SUBMIT).click()
    page.wait_for_url("**/cancelled-class/*-*/")
    context.close()

    page = sign_in(window(), olivia)
    page.get_by_role("link", name="Class cancelled").click()
    page.locator(".recent-lists a").first.click()
    rest = page.get_by_role("button", name="Finish the rest")
    if rest.count():
        rest.click()

    expect(page.locator("#progress-text")).to_have_text("120 of 120 given back")
    assert reinstatement_count() == 120


def test_retry_after_a_lost_response_counts_once(
    window: Window, sign_in: SignIn, mia: User, northside: Org, console: list[str]
) -> None:
    packs = make_class(northside)
    page = sign_in(window(), mia)
    paste(page, "ana@x.org\njose@x.org")

    def lose_response(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/reinstate/", lose_response, times=1)
    page.get_by_role("button", name=SUBMIT).click()
    expect(page.locator("#note")).to_contain_text("It is safe to try again.")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#progress-text")).to_have_text("2 of 2 given back")
    packs["ana"].refresh_from_db()
    assert (reinstatement_count(), packs["ana"].sessions_used) == (2, 2)
    console.clear()


def test_one_checkbox_ticks_all_and_no_tick_disables_the_button(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_class(northside)
    page = sign_in(window(), mia)
    paste(page, "ana@x.org\njose@x.org")
    submit = page.get_by_role("button", name=SUBMIT)
    tick_all = page.get_by_label("Tick all on the list")
    expect(submit).to_have_text(re.compile(r"\(2\)"))
    expect(tick_all).to_be_checked()

    tick_all.uncheck()
    expect(submit).to_have_text(re.compile(r"\(0\)"))
    expect(submit).to_be_disabled()
    tick_all.check()
    expect(submit).to_have_text(re.compile(r"\(2\)"))


def test_accountant_sees_no_link(
    window: Window, sign_in: SignIn, ada: User, northside: Org
) -> None:
    page = sign_in(window(), ada)
    expect(page.get_by_role("link", name="Desk")).to_be_visible()
    expect(page.get_by_role("link", name="Class cancelled")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "desk"])
def test_no_accessibility_violations_and_no_horizontal_scrolling(
    window: Window,
    sign_in: SignIn,
    mia: User,
    northside: Org,
    scheme: str,
    viewport: dict[str, int],
) -> None:
    make_class(northside)
    client = make_client(org=northside, name="No Thing")
    make_purchase(org=northside, used=0, client=client)
    page = sign_in(window(color_scheme=scheme, viewport=viewport), mia)

    page.get_by_role("link", name="Class cancelled").click()
    assert_no_violations(page)
    paste(page, "ana@x.org\njose@x.org\nJo Ng\nNo Thing\nNobody\n" + "x" * 90)
    page.get_by_role("button", name=SUBMIT).wait_for()
    assert_no_violations(page)
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == viewport["width"]
    page.get_by_role("button", name=SUBMIT).click()
    expect(page.locator("#progress-text")).to_have_text("2 of 2 given back")
    assert_no_violations(page)
    assert page.evaluate(width) == viewport["width"]


def test_submit_button_on_a_phone_is_large(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_class(northside)
    page = sign_in(window(viewport=PHONE, has_touch=True, is_mobile=True), mia)
    page.get_by_role("link", name="Class cancelled").tap()
    page.get_by_label("E-mails or names").fill("ana@x.org\njose@x.org")
    page.get_by_role("button", name="Find these people").last.tap()

    submit = page.get_by_role("button", name=SUBMIT)
    expect(submit).to_be_in_viewport()
    assert submit.evaluate("button => button.offsetHeight") >= 44
    submit.tap()
    expect(page.locator("#progress-text")).to_have_text("2 of 2 given back")
