"""The queries of the acts' pages and presses."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from purchases.models import Client as Buyer
from purchases.models import Purchase
from tests.acts.acts import post_act, url_of
from tests.factories import make_purchase


@pytest.mark.parametrize(
    ("act", "query", "queries"),
    [
        # 1. the session with its users 2. the purchase
        ("correct_used", {}, 2),
        ("correct_total", {}, 2),
        ("refund", {}, 2),
        ("transfer", {}, 2),
        # 3. the ids of the clients that match 4. the clients
        ("transfer", {"q": "ben"}, 4),
        # 3. the last transfer 4. the newest use 5. the other packs of the client
        ("move_use", {}, 5),
    ],
)
def test_a_page_takes_few_queries(
    owner: Client,
    pack: Purchase,
    ben: Buyer,
    django_assert_num_queries: DjangoAssertNumQueries,
    act: str,
    query: dict[str, str],
    queries: int,
) -> None:
    make_purchase(org=pack.org, client=pack.client)

    with django_assert_num_queries(queries):
        assert owner.get(url_of(act, pack), query).status_code == 200


@pytest.mark.parametrize(
    ("act", "queries"),
    [
        # 1. the session with its users 2. the purchase 3. the operation, in one statement
        ("correct_used", 3),
        # 4. the purchase after it
        ("correct_total", 4),
        ("refund", 4),
        # 3. the client who gets it, before the operation 6. the client of the row after it 7. the
        # names of the message
        ("transfer", 7),
        # 3. the other pack 5. the event on this pack
        ("move_use", 5),
    ],
)
def test_a_press_takes_few_queries(
    owner: Client,
    pack: Purchase,
    ben: Buyer,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    act: str,
    queries: int,
) -> None:
    other = make_purchase(org=pack.org, client=pack.client)
    fields = {"adjust_by": 1, "note": "why", "client": ben.pk, "to": other.pk, "amount": "1"}

    # The message is kept in the session, whose row is locked and updated in a transaction.
    kept = 6
    with django_assert_max_num_queries(queries + kept):
        assert post_act(owner, act, pack, **fields).status_code == 302
