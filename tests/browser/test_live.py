"""The same number on both desks: a change made anywhere stands on every open page."""

import pytest
from playwright.sync_api import expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import SOON, by_sql, polls_of, row, shows, wait_for_click_guard
from tests.database import another_connection
from tests.factories import make_client, make_purchase
from tests.ledger import used_by


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


def test_what_one_desk_does_stands_on_the_other(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    here, there = sign_in(window(), mia), sign_in(window(), olivia)

    there.locator(f"#reinstate-{pack.pk}").click()
    shows(there, pack, 2)
    shows(here, pack, 2)
    expect(here.locator(row(pack))).to_have_class("changed")
    expect(here.locator("#note")).to_be_empty()

    # And the row that came by itself works like any other.
    here.locator(f"#use-{pack.pk}").click()
    shows(here, pack, 3)
    shows(there, pack, 3)
    pack.refresh_from_db()
    assert pack.sessions_used == 3


def test_a_count_that_sql_changed_stands_on_every_page_that_shows_it(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    context = window()
    desk = sign_in(context, mia)
    client, purchase = context.new_page(), context.new_page()
    client.goto(f"/clients/{pack.client_id}/")
    purchase.goto(f"/purchases/{pack.pk}/")
    expect(client.locator(".in-all")).to_have_text("7 sessions left")
    expect(purchase.locator(".history tbody tr")).to_have_count(1)

    by_sql(pack, 9)

    for page in [desk, client, purchase]:
        shows(page, pack, 9)
    expect(client.locator(".in-all")).to_have_text("1 session left")
    expect(purchase.locator(".history tbody tr")).to_have_count(2)
    expect(purchase.locator(".history tbody tr").first).to_contain_text("Count corrected")


def test_buttons_come_and_go_with_the_count(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    by_sql(pack, 10)
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(0, timeout=SOON)
    by_sql(pack, 0)
    expect(page.locator(f"#use-{pack.pk}")).to_be_visible(timeout=SOON)
    wait_for_click_guard(page)

    page.locator(f"#use-{pack.pk}").click()

    expect(page.locator("#note span")).to_have_text("Session used for Ana Ruiz. 1 of 10 used.")


def test_a_purchase_that_was_deleted_says_so(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    with another_connection() as psql:
        psql.execute("DELETE FROM client_purchases WHERE id = %s", [pack.pk])
    expect(page.locator(row(pack))).to_have_text("This purchase was deleted.", timeout=SOON)


def test_on_its_own_page_too_and_the_connection_is_not_blamed(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{pack.pk}/")
    gone = page.expect_response(lambda answer: answer.status == 404, timeout=SOON)
    with gone, another_connection() as psql:
        psql.execute("DELETE FROM client_purchases WHERE id = %s", [pack.pk])
    expect(page.locator(row(pack))).to_have_text("This purchase was deleted.", timeout=SOON)

    for _ in range(3):  # and it goes on asking, as any page does
        with page.expect_response(lambda r: "/changes/" in r.url and r.status == 304, timeout=SOON):
            pass
    expect(page.locator("#connection")).to_be_empty()
    console.clear()


def test_a_change_elsewhere_costs_one_question_and_no_rows(
    window: Window, sign_in: SignIn, mia: User, northside: Org, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.get_by_label("Find a client").fill("ana")
    expect(page.locator("#result-count")).to_contain_text("ana")
    unseen = make_purchase(org=northside, client=make_client(org=northside, name="Zoë Ng"))
    asked = polls_of(page)
    with page.expect_response(
        lambda r: "/changes/" in r.url and r.status == 200 and str(unseen.pk) in r.text(),
        timeout=SOON,
    ):
        by_sql(unseen, 5)
    with page.expect_response(lambda r: "/changes/" in r.url and r.status == 304, timeout=SOON):
        pass
    assert not [url for url in asked if "/rows/" in url]


def test_fifty_rows_that_change_at_once(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    packs = [make_purchase(org=northside) for _ in range(50)]
    page = sign_in(window(), mia)
    with another_connection() as psql:
        psql.execute("UPDATE client_purchases SET sessions_used = 4")
    expect(page.locator('.desk tr[data-used="4"]')).to_have_count(50, timeout=SOON)
    used_by(mia, packs[0])
    shows(page, packs[0], 5)
