"""A class was cancelled: from the pasted list to everybody's session, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.test_accessibility import PHONE, assert_nothing_to_mend
from tests.cancelled_class.lists import given_back
from tests.factories import make_client, make_purchase, make_purchases

PRESS = re.compile("Give a session back to each")
WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "none"])


def a_class(org: Org) -> dict[str, Purchase]:
    people = {"ana": "Ana Ruiz", "jose": "José Álvarez", "jo": "Jo Ng", "joe": "Jo Ng"}
    return {
        key: make_purchase(org=org, client=make_client(org=org, name=name, email=f"{key}@x.org"))
        for key, name in people.items()
    }


def paste(page: Page, text: str) -> None:
    page.get_by_role("link", name="Class cancelled").click()
    page.get_by_label("E-mails or names").fill(text)
    page.get_by_role("button", name="Find these people").last.click()


def box(page: Page, purchase: Purchase) -> str:
    return f"#pack-{purchase.pk}"


@WAYS
def test_paste_choose_search_and_press(
    window: Window, sign_in: SignIn, mia: User, northside: Org, javascript: bool
) -> None:
    packs = a_class(northside)
    zoe = make_purchase(org=northside, client=make_client(org=northside, name="Zoë Ek"))
    page = sign_in(window(java_script_enabled=javascript), mia)

    paste(page, "ana@x.org, Jose Alvarez\nJo Ng\nNobody Here")
    expect(page.get_by_role("heading", name="2 on the list")).to_be_visible()
    expect(page.locator(".look")).to_contain_text("Nobody Here")
    expect(page.locator(box(page, packs["ana"]))).to_be_checked()
    expect(page.locator(box(page, packs["jo"]))).not_to_be_checked()
    page.locator(box(page, packs["jo"])).check()
    page.locator(box(page, packs["jose"])).uncheck()

    page.get_by_label("Add a person").fill("zoe")
    page.keyboard.press("Enter")
    expect(page.locator(box(page, zoe))).not_to_be_checked()
    page.locator(box(page, zoe)).check()
    expect(page.locator(box(page, packs["jo"]))).to_be_checked()
    expect(page.locator(box(page, packs["jose"]))).not_to_be_checked()
    expect(page.get_by_label("E-mails or names")).to_have_value(re.compile("Nobody Here"))
    if javascript:
        expect(page.get_by_role("button", name=PRESS)).to_have_text(re.compile(r"\(3\)"))
    page.get_by_label("Note").fill("Reformer 18:00")
    assert given_back() == 0

    page.get_by_role("button", name=PRESS).click()
    expect(page).to_have_url(re.compile(r"/cancelled-class/[0-9a-f-]{36}/$"))
    expect(page.locator("#progress-text")).to_have_text("3 of 3 given back")
    expect(page.locator(f"#result-{zoe.pk}")).to_contain_text("8 2 of 10 used")
    expect(page.locator(f"#result-{zoe.pk}")).to_contain_text("given back")
    asked = SessionRequest.objects.values_list("reason", "note").distinct()
    assert [*asked] == [("class_cancelled", "Reformer 18:00")]
    page.reload()
    expect(page.locator("#progress-text")).to_have_text("3 of 3 given back")
    assert given_back() == 3


def test_500_are_done_by_one_press_while_the_bar_grows(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchases(org=northside, count=500)
    page = sign_in(window(), mia)
    paste(page, "\n".join(f"ana{n}@example.com" for n in range(500)))
    presses: list[str] = []
    page.on("request", lambda sent: presses.append(sent.url) if "/reinstate/" in sent.url else None)

    page.get_by_role("button", name=PRESS).click()

    expect(page.locator("#progress-text")).to_have_text("500 of 500 given back", timeout=60_000)
    expect(page.locator(".results tbody tr")).to_have_count(500)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "500")
    assert len(presses) == 10
    assert given_back() == 500


def test_without_javascript_a_button_goes_on(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_purchases(org=northside, count=60)
    page = sign_in(window(java_script_enabled=False), mia)
    paste(page, "\n".join(f"ana{n}@example.com" for n in range(60)))

    page.get_by_role("button", name=PRESS).click()
    expect(page.locator("#progress-text")).to_have_text("50 of 60 given back · 10 left to do")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "50")
    page.get_by_role("button", name="Finish the rest").click()

    expect(page.locator("#progress-text")).to_have_text("60 of 60 given back")


def test_a_closed_browser_loses_nobody(
    window: Window, sign_in: SignIn, mia: User, olivia: User, northside: Org
) -> None:
    make_purchases(org=northside, count=120)
    context = window()
    page = sign_in(context, mia)
    paste(page, "\n".join(f"ana{n}@example.com" for n in range(120)))
    page.get_by_role("button", name=PRESS).click()
    page.wait_for_url("**/cancelled-class/*-*/")
    context.close()

    page = sign_in(window(), olivia)
    page.get_by_role("link", name="Class cancelled").click()
    page.locator(".latest a").first.click()
    rest = page.get_by_role("button", name="Finish the rest")
    if rest.count():
        rest.click()

    expect(page.locator("#progress-text")).to_have_text("120 of 120 given back")
    assert given_back() == 120


def test_an_answer_that_got_lost_is_pressed_again_and_counts_once(
    window: Window, sign_in: SignIn, mia: User, northside: Org, console: list[str]
) -> None:
    packs = a_class(northside)
    page = sign_in(window(), mia)
    paste(page, "ana@x.org\njose@x.org")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/reinstate/", lose, times=1)
    page.get_by_role("button", name=PRESS).click()
    expect(page.locator("#note")).to_contain_text("It is safe to try again.")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#progress-text")).to_have_text("2 of 2 given back")
    packs["ana"].refresh_from_db()
    assert (given_back(), packs["ana"].sessions_used) == (2, 2)
    console.clear()


def test_one_box_ticks_the_list_and_nobody_ticked_is_no_press(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    a_class(northside)
    page = sign_in(window(), mia)
    paste(page, "ana@x.org\njose@x.org")
    press = page.get_by_role("button", name=PRESS)
    all_of_them = page.get_by_label("Tick all on the list")
    expect(press).to_have_text(re.compile(r"\(2\)"))
    expect(all_of_them).to_be_checked()

    all_of_them.uncheck()
    expect(press).to_have_text(re.compile(r"\(0\)"))
    expect(press).to_be_disabled()
    all_of_them.check()
    expect(press).to_have_text(re.compile(r"\(2\)"))


def test_the_accountant_has_no_link_to_it(
    window: Window, sign_in: SignIn, ada: User, northside: Org
) -> None:
    page = sign_in(window(), ada)
    expect(page.get_by_role("link", name="Desk")).to_be_visible()
    expect(page.get_by_role("link", name="Class cancelled")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "desk"])
def test_axe_finds_nothing_and_it_scrolls_one_way(
    window: Window,
    sign_in: SignIn,
    mia: User,
    northside: Org,
    scheme: str,
    viewport: dict[str, int],
) -> None:
    a_class(northside)
    client = make_client(org=northside, name="No Thing")
    make_purchase(org=northside, used=0, client=client)
    page = sign_in(window(color_scheme=scheme, viewport=viewport), mia)

    page.get_by_role("link", name="Class cancelled").click()
    assert_nothing_to_mend(page)
    paste(page, "ana@x.org\njose@x.org\nJo Ng\nNo Thing\nNobody\n" + "x" * 90)
    page.get_by_role("button", name=PRESS).wait_for()
    assert_nothing_to_mend(page)
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == viewport["width"]
    page.get_by_role("button", name=PRESS).click()
    expect(page.locator("#progress-text")).to_have_text("2 of 2 given back")
    assert_nothing_to_mend(page)
    assert page.evaluate(width) == viewport["width"]


def test_on_a_phone_what_is_pressed_is_large(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    a_class(northside)
    page = sign_in(window(viewport=PHONE, has_touch=True, is_mobile=True), mia)
    page.get_by_role("link", name="Class cancelled").tap()
    page.get_by_label("E-mails or names").fill("ana@x.org\njose@x.org")
    page.get_by_role("button", name="Find these people").last.tap()

    press = page.get_by_role("button", name=PRESS)
    expect(press).to_be_in_viewport()
    assert press.evaluate("button => button.offsetHeight") >= 44
    press.tap()
    expect(page.locator("#progress-text")).to_have_text("2 of 2 given back")
