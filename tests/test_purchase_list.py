"""The desk's list: its filters, its rows, and the errors for invalid links."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases.models import EXPIRING_WITHIN, Org, Purchase
from purchases.queries import PAGE_SIZE
from studio.models import Allowance
from tests.factories import make_client, make_purchase, make_purchases
from tests.pages import (
    HTMX,
    LIST,
    NO_PURCHASES,
    html_of,
    next_page,
    place_at,
    rows_on,
    the_row_on,
    words_on,
)
from tests.purchase_kinds import PACKS, make_pack

State = Purchase.State


@pytest.mark.parametrize("state", State)
def test_a_filter_shows_exactly_its_purchases(
    northside: Org, southside: Org, desk: Client, state: Purchase.State
) -> None:
    kinds = {make_pack(org=northside, kind=kind).pk: kind for kind in PACKS}
    make_pack(org=southside, kind="half used")

    shown = [kinds[row.purchase_id] for row in rows_on(desk.get(LIST, {"state": state}))]

    assert sorted(shown) == sorted(
        kind for kind, (_, states, _) in PACKS.items() if state in ("all", *states.split())
    )


@pytest.mark.parametrize(
    ("expires_in", "states"),
    [
        (timedelta(0), {State.ALL, State.EXPIRED}),
        (timedelta(microseconds=1), {State.ALL, State.ACTIVE, State.EXPIRING}),
        (EXPIRING_WITHIN, {State.ALL, State.ACTIVE, State.EXPIRING}),
        (EXPIRING_WITHIN + timedelta(microseconds=1), {State.ALL, State.ACTIVE}),
    ],
)
def test_a_pack_expires_at_exactly_its_expiry(
    northside: Org, now: datetime, expires_in: timedelta, states: set[Purchase.State]
) -> None:
    make_purchase(org=northside, expires_at=now + expires_in)

    assert {state for state in State if Purchase.objects.in_state(state, now).exists()} == states


def test_without_a_filter_all_purchases_are_listed_newest_first(
    northside: Org, desk: Client, now: datetime
) -> None:
    middle, oldest, newest = (
        make_purchase(org=northside, purchased_at=now - timedelta(days=days)) for days in (5, 9, 1)
    )

    shown = [row.purchase_id for row in rows_on(desk.get(LIST))]

    assert shown == [newest.pk, middle.pk, oldest.pk]


@pytest.mark.parametrize(
    ("state", "days"), [(State.EXPIRING, [2, 5, 9]), (State.EXPIRED, [-1, -5, -9])]
)
def test_a_list_by_expiry_begins_with_the_expiry_nearest_to_now(
    northside: Org, desk: Client, now: datetime, state: Purchase.State, days: list[int]
) -> None:
    """The order does not depend on the date of purchase."""
    middle, last, first = (
        make_purchase(
            org=northside,
            purchased_at=now - timedelta(days=age),
            expires_at=now + timedelta(days=days[place]),
        )
        for age, place in ((30, 1), (20, 2), (40, 0))
    )

    shown = [row.purchase_id for row in rows_on(desk.get(LIST, {"state": state}))]

    assert shown == [first.pk, middle.pk, last.pk]


@pytest.mark.parametrize("state", State)
def test_the_current_filter_is_marked(desk: Client, state: Purchase.State) -> None:
    html = html_of(desk.get(LIST, {"state": state}))

    assert html.count('aria-current="true"') == 1
    assert f'aria-current="true">{state.label}</a>' in html


@pytest.mark.parametrize("state", State)
def test_an_empty_list_has_a_message(desk: Client, state: Purchase.State) -> None:
    assert NO_PURCHASES[state] in words_on(desk.get(LIST, {"state": state}))


@pytest.mark.parametrize("kind", PACKS)
def test_a_row_has_its_counts_and_only_buttons_that_would_succeed(
    northside: Org, desk: Client, kind: str
) -> None:
    pack = make_pack(org=northside, kind=kind)

    row = the_row_on(desk.get(LIST))

    assert row.purchase_id == pack.pk
    assert row.used == ("" if pack.sessions_used is None else str(pack.sessions_used))
    assert row.total == ("" if pack.sessions_total is None else str(pack.sessions_total))
    assert row.buttons == PACKS[kind][2].split()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("half used", "7 3 of 10 used never"),
        ("used up", "0 10 of 10 used"),
        ("fresh", "10 0 of 10 used"),
        ("expires in 13 days", "in 13 days"),
        ("expired", "expired"),
        ("not paid yet", "not paid"),
        ("payment unknown", "not paid"),
        ("payment failed", "payment failed"),
        ("refunded", "refunded"),
        ("refunded", "This pack was refunded."),
        ("fresh, expired", "Nothing used yet"),
        ("subscription", "Subscription, not counted"),
        ("no number of sessions", "No number of sessions 3 used"),
        ("count missing", "Used sessions are missing; 10 were bought"),
        ("both counts missing", "No number of sessions"),
        ("more used than bought", "-2 12 of 10 used"),
        ("less than nothing used", "12 -2 of 10 used"),
        ("a pack of none", "0 0 of 0 used"),
    ],
)
def test_a_row_describes_the_state_of_the_purchase(
    northside: Org, desk: Client, now: datetime, kind: str, text: str
) -> None:
    make_pack(org=northside, kind=kind)

    assert text in the_row_on(desk.get(LIST)).words


@pytest.mark.parametrize(
    ("email", "phone", "contact"),
    [
        ("ana@example.com", "0412 345 678", "ana@example.com · …5678"),
        ("ana@example.com", None, "ana@example.com"),
        (None, "0412 345 678", "…5678"),
        (None, None, "client since"),
        ("", "", "client since"),
    ],
)
def test_a_row_shows_a_contact_to_distinguish_clients_of_the_same_name(
    northside: Org, desk: Client, email: str | None, phone: str | None, contact: str
) -> None:
    client = make_client(org=northside, name="Ana Ruiz", email=email, phone=phone)
    make_purchase(org=northside, client=client)

    assert f"Ana Ruiz {contact}" in the_row_on(desk.get(LIST)).words


def test_an_expiry_before_the_purchase_is_shown(
    northside: Org, desk: Client, now: datetime
) -> None:
    make_purchase(org=northside, purchased_at=now, expires_at=now - timedelta(days=3))

    assert "3 days ago" in the_row_on(desk.get(LIST)).words


def test_names_are_escaped(northside: Org, desk: Client) -> None:
    name = "<script>alert('x')</script> & Söhne"
    make_purchase(org=northside, client=make_client(org=northside, name=name))

    html = html_of(desk.get(LIST))

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; Söhne</a>" in html


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"state": "lost"}, "There is no list called “lost”."),
        ({"after": "mangled"}, "This link is not complete."),
        ({"after": "_"}, "This link is not complete."),
        ({"after": "2026-01-12 18:00:00_"}, "This link is not complete."),
        ({"after": "2026-13-12 18:00:00_" + "0" * 32}, "This link is not complete."),
        ({"after": "9" * 101}, "This link is not complete."),
        ({"after": "\0"}, "This link is not complete."),
        ({"q": "a" * 101}, "Type at most 100 characters."),
        ({"q": "ana\0"}, "Remove the unusual character and try again."),
    ],
)
def test_an_invalid_query_is_400_with_a_message(
    desk: Client, query: dict[str, str], message: str, headers: dict[str, str]
) -> None:
    response = desk.get(LIST, query, headers=headers)

    assert response.status_code == 400
    assert message in words_on(response)
    assert ("<html" in html_of(response)) is (not headers)


def test_htmx_gets_only_the_rows_of_the_page(northside: Org, desk: Client) -> None:
    for kind in PACKS:
        make_pack(org=northside, kind=kind)

    page = desk.get(LIST, {"state": "active"})
    fragment = desk.get(LIST, {"state": "active"}, headers=HTMX)

    assert "<html" in html_of(page)
    assert "<html" not in html_of(fragment)
    assert [row.normalized for row in rows_on(fragment)] == [
        row.normalized for row in rows_on(page)
    ]
    assert rows_on(fragment)


def test_htmx_also_gets_the_filters_and_the_number_of_results(northside: Org, desk: Client) -> None:
    """The filter links contain the search, and screen readers announce the number."""
    make_pack(org=northside, kind="half used")

    fragment = html_of(desk.get(LIST, {"q": "half"}, headers=HTMX))

    assert '<p id="result-count" data-hx-swap-oob="innerHTML">1 client for “half”' in fragment
    assert 'id="states" aria-label="Show" data-hx-swap-oob="true"' in fragment
    assert 'href="?q=half&amp;state=expired"' in fragment


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_response_varies_on_hx_request(desk: Client, headers: dict[str, str]) -> None:
    vary = desk.get(LIST, headers=headers)["Vary"]

    assert "HX-Request" in vary.split(", ")


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("state", State)
def test_a_search_takes_at_most_5_queries(
    northside: Org,
    desk: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    state: Purchase.State,
    headers: dict[str, str],
) -> None:
    Allowance.objects.create(org=northside, reason="", sessions=1, days=30)
    # A place before all purchases, in the order of each filter.
    newer = timezone.now() + timedelta(days=-1 if state is State.EXPIRING else 1)
    expired = timezone.now() - timedelta(hours=1)
    make_purchases(org=northside, count=PAGE_SIZE + 1, expires_at=timezone.now() + timedelta(7))
    make_purchases(org=northside, count=PAGE_SIZE + 1, sessions_used=10, expires_at=expired)
    make_purchases(org=northside, count=PAGE_SIZE + 1, payment_status="pending")
    query = {"q": "ana r", "state": state, "after": str(place_at(newer, uuid4()))}

    with django_assert_max_num_queries(5):
        # 1. the session with its users 2. the clients for the words 3. the clients of the page
        # 4. their purchases with offer 5. the reinstatements of each client, if the org has an
        # allowance
        response = desk.get(LIST, query, headers=headers)

    assert len(rows_on(response)) == PAGE_SIZE
    assert next_page(response)
