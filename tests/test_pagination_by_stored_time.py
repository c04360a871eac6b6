"""Lists page by the time that PostgreSQL stores, which Python may have no value for."""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from purchases.queries import Place
from tests.database import rows, value
from tests.factories import make_client, make_offer, make_purchase, make_purchases
from tests.pages import LIST, next_page, rows_on

State = Purchase.State
# The columns that put a purchase into the list of each state.
IN_STATE: dict[State, dict[str, object]] = {
    State.ALL: {},
    State.ACTIVE: {},
    State.EXPIRING: {},
    State.USED_UP: {"sessions_used": 10},
    State.EXPIRED: {},
    State.UNPAID: {"payment_status": "pending"},
}
TIMES = [
    "infinity",
    "290000-06-15 12:00:00.000001+00",
    "10000-01-01",
    "9999-12-31 23:59:59.999999+00",
    "9999-12-01 00:00:00.000001+00",
    "2024-02-29 12:30:00.5+11",
    "1970-01-01",
    "1000-01-01",
    "0999-12-31 23:59:59.999999+00",
    "0001-01-01",
    "0001-02-29 BC",
    "0500-03-01 12:00+00 BC",
    "4713-01-01 BC",
    "4714-11-24 00:00:00+00 BC",
    "-infinity",
]


def listed_by(desk: Client, state: State, q: str = "") -> list[UUID]:
    """Follow the links to the next page until there is no other, at most eleven times."""
    found: list[UUID] = []
    link: str | None = f"{LIST}?state={state}&q={q}"
    for _ in range(12):
        response = desk.get(LIST + str(link).removeprefix(LIST))
        assert response.status_code == 200
        found += [row.purchase_id for row in rows_on(response)]
        link = next_page(response)
        if link is None:
            return found
    raise AssertionError(f"the list does not end: {Counter(found).most_common(3)}")


def make_at(org: Org, state: State, time: str, count: int) -> list[UUID]:
    """Create purchases of a state with this time in the column by which its list is ordered."""
    made = [pack.pk for pack in make_purchases(org=org, count=count, **IN_STATE[state])]
    rows(
        f"UPDATE client_purchases SET {state.sort_column} = %s::text::timestamptz"
        " WHERE id = ANY (%s)",
        time,
        made,
    )
    return made


@pytest.mark.parametrize("q", ["", "ana r"])
@pytest.mark.parametrize("state", [each for each in State if each is not State.EXPIRING])
def test_60_purchases_at_minus_infinity_and_60_at_infinity_are_each_listed_once(
    northside: Org, desk: Client, state: State, q: str
) -> None:
    made = make_at(northside, state, "-infinity", 60)
    if state is not State.EXPIRED:
        made += make_at(northside, state, "infinity", 60)
    made += make_at(northside, state, "2020-01-01 12:00", 7)

    assert sorted(listed_by(desk, state, q)) == sorted(made)


def test_expiring_purchases_bought_at_infinity_are_each_listed_once(
    northside: Org, desk: Client, now: datetime
) -> None:
    """They are ordered by expiry, and 60 have the same one."""
    made = make_at(northside, State.EXPIRING, f"{now.isoformat()}", 60)
    rows("UPDATE client_purchases SET purchased_at = 'infinity', expires_at = expires_at + '1 day'")

    assert sorted(listed_by(desk, State.EXPIRING)) == sorted(made)


@pytest.mark.parametrize("state", [State.ALL, State.EXPIRED])
def test_each_page_continues_where_the_last_one_ended(
    northside: Org, desk: Client, state: State
) -> None:
    """Every time has rows on two pages, in each order of the times around it."""
    times = [time for time in TIMES if state is State.ALL or not is_future(time)]
    made = [pk for time in times for pk in make_at(northside, state, time, 33)]

    listed = listed_by(desk, state)
    assert sorted(listed) == sorted(made)
    stored = dict(rows(f"SELECT id, {state.sort_column}::text FROM client_purchases"))
    ordered = [stored[pk] for pk in listed]
    assert list(dict.fromkeys(ordered)) == [
        value("SELECT %s::text::timestamptz::text", time) for time in times
    ]


def is_future(time: str) -> bool:
    return bool(value("SELECT %s::text::timestamptz > now()", time))


def test_a_client_with_purchases_at_infinity_has_them_all_on_one_page(
    northside: Org, desk: Client
) -> None:
    ana, offer = make_client(org=northside), make_offer(org=northside)
    made = [make_purchase(org=northside, client=ana, offer=offer).pk for _ in range(60)]
    for column in ("purchased_at", "expires_at"):
        rows(
            f"UPDATE client_purchases SET {column} ="
            " CASE WHEN id = ANY (%s) THEN 'infinity'::timestamptz ELSE '-infinity' END",
            made[:30],
        )

    response = desk.get(reverse("purchases:client_detail", args=[ana.pk]))
    assert sorted(row.purchase_id for row in rows_on(response)) == sorted(made)


@pytest.mark.parametrize("time", TIMES)
def test_a_link_carries_the_stored_time(northside: Org, time: str) -> None:
    [pk] = make_at(northside, State.ALL, time, 1)
    [purchase] = Purchase.objects.all().with_sort_key(State.ALL)

    place = Place.parse(str(Place.of(purchase)))

    assert place == Place.of(purchase)
    assert place.row_id == pk
    written = value(
        "SELECT (%s::timestamp AT TIME ZONE 'UTC') = purchased_at FROM client_purchases",
        place.sort_key,
    )
    assert written


@pytest.mark.parametrize(
    "time",
    [
        *("", "now", "today", "epoch", "+infinity", "Infinity", "infinity BC", "2026-01-12"),
        *("2026-13-01 00:00:00", "2026-02-29 00:00:00", "2026-01-12 24:00:00"),
        *("2026-01-12 00:60:00", "2026-01-12 00:00:60", "2026-01-12 00:00:00.1234567"),
        *("2026-01-12 00:00:00+11", "2026-01-12T00:00:00", "0000-01-01 00:00:00"),
        *("294277-01-01 00:00:00", "999999-01-01 00:00:00", "4714-11-23 00:00:00 BC"),
        *("0002-02-29 00:00:00 BC", "9999-01-01 00:00:00 BC", "٢٠٢٦-01-12 00:00:00"),
        *("2026-01-12 00:00:00'", "002026-01-12 00:00:00"),
    ],
)
def test_another_time_in_a_link_is_400(northside: Org, desk: Client, time: str) -> None:
    assert desk.get(LIST, {"after": f"{time}_{uuid4()}"}).status_code == 400


@pytest.mark.parametrize("time", ["0001-02-29 00:00:00 BC", "0005-02-29 00:00:00 BC"])
@pytest.mark.parametrize("state", State)
def test_leap_days_before_christ_are_times(
    northside: Org, desk: Client, time: str, state: State
) -> None:
    query = {"after": f"{time}_{uuid4()}", "state": state}
    assert desk.get(LIST, query).status_code == 200


def test_the_time_is_that_of_the_database(northside: Org, now: datetime) -> None:
    """An ordinary time is written in UTC, with its microseconds."""
    pack = make_purchase(org=northside, purchased_at=now)
    [purchase] = Purchase.objects.all().with_sort_key(State.ALL)

    written = datetime.fromisoformat(Place.of(purchase).sort_key).replace(tzinfo=UTC)
    assert written == pack.purchased_at == now
