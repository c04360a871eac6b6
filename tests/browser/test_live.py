"""Live updates: each open page shows a change made elsewhere."""

import pytest
from playwright.sync_api import expect

from purchases.models import Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.browser.live import (
    LIVE_TIMEOUT,
    expect_count,
    record_polls,
    row,
    set_count_by_sql,
    wait_for_click_guard,
)
from tests.database import another_connection
from tests.factories import make_client, make_purchase
from tests.ledger import used_by


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


def test_action_at_another_desk_appears(
    window: Window, sign_in: SignIn, mia: User, olivia: User, pack: Purchase
) -> None:
    page, other_page = sign_in(window(), mia), sign_in(window(), olivia)

    other_page.locator(f"#reinstate-{pack.pk}").click()
    expect_count(other_page, pack, 2)
    expect_count(page, pack, 2)
    expect(page.locator(row(pack))).to_have_class("changed")
    expect(page.locator("#note")).to_be_empty()

    # The buttons of a row inserted by a live update work.
    page.locator(f"#use-{pack.pk}").click()
    expect_count(page, pack, 3)
    expect_count(other_page, pack, 3)
    pack.refresh_from_db()
    assert pack.sessions_used == 3


def test_count_changed_by_sql_appears_on_every_page(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    context = window()
    desk = sign_in(context, mia)
    client, purchase = context.new_page(), context.new_page()
    client.goto(f"/clients/{pack.client_id}/")
    purchase.goto(f"/purchases/{pack.pk}/")
    expect(client.locator(".in-all")).to_have_text("7 sessions left")
    expect(purchase.locator(".history tbody tr")).to_have_count(1)

    set_count_by_sql(pack, 9)

    for page in [desk, client, purchase]:
        expect_count(page, pack, 9)
    expect(client.locator(".in-all")).to_have_text("1 session left")
    expect(purchase.locator(".history tbody tr")).to_have_count(2)
    expect(purchase.locator(".history tbody tr").first).to_contain_text("Count corrected")


def test_buttons_appear_and_disappear_with_the_count(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    set_count_by_sql(pack, 10)
    expect(page.locator(f"#use-{pack.pk}")).to_have_count(0, timeout=LIVE_TIMEOUT)
    set_count_by_sql(pack, 0)
    expect(page.locator(f"#use-{pack.pk}")).to_be_visible(timeout=LIVE_TIMEOUT)
    wait_for_click_guard(page)

    page.locator(f"#use-{pack.pk}").click()

    expect(page.locator("#note span")).to_have_text("Session used for Ana Ruiz. 9 of 10 left.")


def test_deleted_purchase_is_shown_as_deleted(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    with another_connection() as psql:
        psql.execute("DELETE FROM client_purchases WHERE id = %s", [pack.pk])
    expect(page.locator(row(pack))).to_have_text("This purchase was deleted.", timeout=LIVE_TIMEOUT)


def test_deleted_purchase_on_its_page_is_no_connection_error(
    window: Window, sign_in: SignIn, mia: User, pack: Purchase, console: list[str]
) -> None:
    page = sign_in(window(), mia)
    page.goto(f"/purchases/{pack.pk}/")
    not_found = page.expect_response(lambda answer: answer.status == 404, timeout=LIVE_TIMEOUT)
    with not_found, another_connection() as psql:
        psql.execute("DELETE FROM client_purchases WHERE id = %s", [pack.pk])
    expect(page.locator(row(pack))).to_have_text("This purchase was deleted.", timeout=LIVE_TIMEOUT)

    for _ in range(3):  # polling continues
        with page.expect_response(
            lambda r: "/changes/" in r.url and r.status == 304, timeout=LIVE_TIMEOUT
        ):
            pass
    expect(page.locator("#connection")).to_be_empty()
    console.clear()


def test_change_of_a_hidden_row_needs_one_poll_and_no_rows(
    window: Window, sign_in: SignIn, mia: User, northside: Org, pack: Purchase
) -> None:
    page = sign_in(window(), mia)
    page.get_by_label("Find a client").fill("ana")
    expect(page.locator("#result-count")).to_contain_text("ana")
    hidden = make_purchase(org=northside, client=make_client(org=northside, name="Zoë Ng"))
    urls = record_polls(page)
    with page.expect_response(
        lambda r: "/changes/" in r.url and r.status == 200 and str(hidden.pk) in r.text(),
        timeout=LIVE_TIMEOUT,
    ):
        set_count_by_sql(hidden, 5)
    with page.expect_response(
        lambda r: "/changes/" in r.url and r.status == 304, timeout=LIVE_TIMEOUT
    ):
        pass
    assert not [url for url in urls if "/rows/" in url]


def test_fifty_rows_change_at_once(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    packs = [make_purchase(org=northside) for _ in range(50)]
    page = sign_in(window(), mia)
    with another_connection() as psql:
        psql.execute("UPDATE client_purchases SET sessions_used = 4")
    expect(page.locator('.desk tr[data-used="4"]')).to_have_count(50, timeout=LIVE_TIMEOUT)
    used_by(mia, packs[0])
    expect_count(page, packs[0], 5)
