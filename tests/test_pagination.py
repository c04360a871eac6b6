"""Keyset pagination of the desk: no purchase is skipped or repeated.

This holds even if purchases change between two pages.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from purchases.models import Org, Purchase
from purchases.queries import PAGE_SIZE
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_purchase, make_purchases
from tests.pages import LIST, html_of, next_page, place_at, rows_on, words_on


def pages(browser: Client, link: str | None = LIST) -> Iterator[list[UUID]]:
    """Yield the purchase ids of each page, following the links to the next page.

    A page is loaded only on `next()`, so a test can change purchases between two pages.
    """
    while link:
        response = browser.get(LIST + link.removeprefix(LIST))
        assert response.status_code == 200
        yield [row.purchase_id for row in rows_on(response)]
        link = next_page(response)


def ids(purchases: list[Purchase]) -> list[UUID]:
    return [purchase.pk for purchase in purchases]


def test_a_page_has_50_purchases(northside: Org, desk: Client) -> None:
    purchases = ids(make_purchases(org=northside, count=120))

    assert list(pages(desk)) == [purchases[:50], purchases[50:100], purchases[100:]]


@pytest.mark.parametrize("state", Purchase.State)
@pytest.mark.parametrize("q", ["", "ana r"])
def test_purchases_with_the_same_time_are_each_listed_once(
    northside: Org, desk: Client, now: datetime, state: Purchase.State, q: str
) -> None:
    """Equal times occur in imports, and in packs that expire at the same midnight."""
    expires_in = timedelta(days=-1 if state == "expired" else 7)
    made = make_purchases(
        org=northside,
        count=120,
        sessions_used=10 if state == "used_up" else 3,
        payment_status="pending" if state == "unpaid" else "succeeded",
        expires_at=now + expires_in,
    )
    Purchase.objects.all().update(purchased_at=now)

    listed = list(pages(desk, LIST + f"?state={state}&q={q}"))

    assert [len(page) for page in listed] == [50, 50, 20]
    assert sorted(purchase_id for page in listed for purchase_id in page) == sorted(ids(made))


@pytest.mark.parametrize(("count", "sizes"), [(0, [0]), (1, [1]), (50, [50]), (51, [50, 1])])
def test_the_next_page_is_linked_only_if_it_has_purchases(
    northside: Org, desk: Client, count: int, sizes: list[int]
) -> None:
    make_purchases(org=northside, count=count)

    assert [len(page) for page in pages(desk)] == sizes


def test_the_last_page_links_to_the_first(northside: Org, desk: Client) -> None:
    make_purchases(org=northside, count=60)
    first = desk.get(LIST, {"q": "ana"})
    last = desk.get(LIST + str(next_page(first)))

    assert "Back to the start" not in words_on(first)
    assert '<a class="button" href="?q=ana">Back to the start</a>' in html_of(last)


@pytest.mark.parametrize(("state", "days"), [("expiring", 7), ("expired", -7)])
def test_a_list_by_expiry_has_its_own_texts(
    northside: Org, desk: Client, now: datetime, state: str, days: int
) -> None:
    made = make_purchases(org=northside, count=101, expires_at=now + timedelta(days=days))
    end = place_at(now + timedelta(days=8 if state == "expiring" else -8), made[0].pk)
    first = desk.get(LIST, {"state": state})
    second = desk.get(LIST + str(next_page(first)))
    beyond = desk.get(LIST, {"state": state, "after": str(end)})

    assert "The first 50" in words_on(first)
    assert "More purchases" in words_on(first)
    assert "The next 50" in words_on(second)
    assert "No more purchases." in words_on(beyond)
    for page in (second, beyond):
        assert f'href="?state={state}">Back to the start</a>' in html_of(page)


def test_a_page_link_keeps_the_search_and_the_filter(northside: Org, desk: Client) -> None:
    make_purchases(org=northside, count=60)
    link = next_page(desk.get(LIST, {"q": "ana r", "state": "active"}))

    query = parse_qs(urlsplit(str(link)).query)
    assert query.pop("after")
    assert query == {"q": ["ana r"], "state": ["active"]}


def test_a_filter_link_starts_at_the_first_page(northside: Org, desk: Client) -> None:
    make_purchases(org=northside, count=60)
    last = html_of(desk.get(LIST + str(next_page(desk.get(LIST)))))

    for state in Purchase.State:
        assert f'href="?state={state}"' in last


NEWEST = datetime.fromisoformat("2026-01-12T18:00:00.123456+11:00")


@pytest.mark.parametrize(
    "apart",
    [
        pytest.param(timedelta(0), id="all at the same moment"),
        pytest.param(timedelta(microseconds=1), id="a microsecond apart"),
        pytest.param(timedelta(days=400), id="over decades"),
    ],
)
def test_times_a_microsecond_apart_skip_no_purchase(
    northside: Org, desk: Client, apart: timedelta
) -> None:
    purchases = make_purchases(org=northside, count=120)
    for n, purchase in enumerate(purchases):
        purchase.purchased_at = NEWEST - n * apart
    Purchase.objects.bulk_update(purchases, ["purchased_at"])

    shown = [purchase_id for page in pages(desk) for purchase_id in page]

    assert len(shown) == 120
    assert set(shown) == set(ids(purchases))


def test_new_purchases_between_pages_repeat_none(northside: Org, desk: Client) -> None:
    purchases = ids(make_purchases(org=northside, count=120))
    shown: list[UUID] = []
    for page in pages(desk):
        shown += page
        make_purchase(org=northside, purchased_at=timezone.now() + timedelta(hours=1))

    assert shown == purchases


def test_a_new_purchase_with_the_time_of_the_last_row_is_shown_at_most_once(
    northside: Org, desk: Client
) -> None:
    purchases = make_purchases(org=northside, count=60)
    purchased_at = purchases[PAGE_SIZE - 1].purchased_at
    remaining = pages(desk)
    shown = next(remaining)
    added = make_purchases(org=northside, count=10, purchased_at=purchased_at)
    shown += next(remaining)

    assert len(shown) == len(set(shown))
    assert set(ids(purchases)) <= set(shown) <= set(ids(purchases + added))


def test_deleted_purchases_between_pages_skip_none(northside: Org, desk: Client) -> None:
    """The purchase at which the page ended may be deleted too."""
    purchases = ids(make_purchases(org=northside, count=120))
    remaining = pages(desk)
    first = next(remaining)
    deleted = [*first[:10], first[-1], purchases[55]]
    Purchase.objects.filter(pk__in=deleted).delete()

    shown = first + [purchase_id for page in remaining for purchase_id in page]

    assert shown == [purchase_id for purchase_id in purchases if purchase_id != purchases[55]]


def test_purchases_that_leave_the_filter_between_pages_skip_none(
    northside: Org, desk: Client
) -> None:
    """With OFFSET pagination, ten purchases would be skipped."""
    purchases = ids(make_purchases(org=northside, count=120))
    remaining = pages(desk, LIST + "?state=active")
    first = next(remaining)
    Purchase.objects.filter(pk__in=[*first[:9], first[-1]]).update(sessions_used=10)

    assert first + [purchase_id for page in remaining for purchase_id in page] == purchases


def test_purchases_that_enter_the_filter_between_pages_repeat_none(
    northside: Org, desk: Client
) -> None:
    used_up = ids(make_purchases(org=northside, count=10, sessions_used=10))
    purchases = ids(make_purchases(org=northside, count=60))
    remaining = pages(desk, LIST + "?state=active")
    first = next(remaining)
    Purchase.objects.filter(pk__in=used_up).update(sessions_used=9)

    assert first + [purchase_id for page in remaining for purchase_id in page] == purchases


def test_a_page_link_works_for_a_colleague(
    northside: Org, desk: Client, olivia: User, signed_in: SignIn
) -> None:
    make_purchases(org=northside, count=120)
    link = LIST + str(next_page(desk.get(LIST)))
    mine = [row.purchase_id for row in rows_on(desk.get(link))]
    make_purchases(org=northside, count=5, purchased_at=timezone.now() + timedelta(hours=1))

    theirs = [row.purchase_id for row in rows_on(signed_in(olivia).get(link))]

    assert theirs == mine
    assert len(mine) == PAGE_SIZE


def test_a_page_link_does_not_depend_on_the_time_zone(
    northside: Org, desk: Client, settings: Settings
) -> None:
    make_purchases(org=northside, count=60)
    link = LIST + str(next_page(desk.get(LIST)))
    here = [row.purchase_id for row in rows_on(desk.get(link))]

    settings.TIME_ZONE = "Australia/Lord_Howe"

    assert [row.purchase_id for row in rows_on(desk.get(link))] == here
    assert LIST + str(next_page(desk.get(LIST))) == link


def test_a_page_link_shows_nothing_to_another_org(
    northside: Org, desk: Client, otto: User, signed_in: SignIn
) -> None:
    make_purchases(org=northside, count=60)
    response = signed_in(otto).get(LIST + str(next_page(desk.get(LIST))))

    assert rows_on(response) == []
    assert "No older purchases." in words_on(response)
