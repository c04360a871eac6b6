"""The numbers of the desk's first page."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases import queries
from purchases.models import Org, Purchase
from purchases.queries.overview import MOST
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import make_client, make_purchase, make_purchases
from tests.pages import HTMX, LIST, html_of, post_action, post_undo, undo_on, words


def numbers_on(browser: Browser, **query: str) -> list[str]:
    """Return the texts of the numbers."""
    html = html_of(browser.get(LIST, query))
    part = re.search(r'<ul class="overview.*?</ul>', html, re.S)
    return [words(item) for item in re.findall(r"<li>.*?</li>", part[0], re.S)] if part else []


def test_sessions_given_back_today_are_counted_and_name_the_last_clients(
    northside: Org, southside: Org, desk: Browser
) -> None:
    packs = [
        make_purchase(org=northside, client=make_client(org=northside, name=name))
        for name in ("Ana", "Ben", "Cleo", "Dee")
    ]
    make_purchase(org=southside)
    for pack in packs:
        post_action(desk, "reinstate", pack)
    undone = post_action(desk, "reinstate", packs[0], htmx=True)
    post_undo(desk, int((undo_on(undone) or "").split("/")[2]))

    assert numbers_on(desk)[0] == "4 given back today: Dee, Cleo, Ben"


@pytest.mark.breaks_the_ledger
def test_a_session_given_back_before_midnight_is_not_of_today(
    northside: Org, desk: Browser
) -> None:
    """The day is that of the studio's time zone."""
    pack = make_purchase(org=northside)
    local = timezone.localtime()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for seconds in (-1, 0):
        rows(
            "INSERT INTO session_events (org_id, purchase_id, kind, delta, sessions_used, db_role,"
            " occurred_at) VALUES (%s, %s, 'reinstated', -1, 1, 'test', %s)",
            northside.pk,
            pack.pk,
            midnight + timedelta(seconds=seconds),
        )

    assert queries.overview(northside.pk).reinstated == 1


def test_packs_with_sessions_left_that_expire_within_a_week_are_counted(
    northside: Org, southside: Org, desk: Browser, now: datetime
) -> None:
    for expires_at in (now - timedelta(hours=1), now + timedelta(days=6), now + timedelta(days=8)):
        make_purchase(org=northside, expires_at=expires_at)
    soon = now + timedelta(days=3)
    make_purchase(org=northside, expires_at=soon, used=10)
    make_purchase(org=northside, expires_at=soon, total=None)
    make_purchase(org=southside, expires_at=soon)

    assert numbers_on(desk)[1] == "1 pack expires within a week"


def test_the_unpaid_purchases_are_those_of_the_list(
    northside: Org, southside: Org, desk: Browser
) -> None:
    for status in ("pending", "failed", None, "succeeded", "refunded"):
        make_purchase(org=northside, payment_status=status)
    make_purchase(org=southside, payment_status="pending")
    listed = Purchase.objects.of_org(northside.pk).in_state(Purchase.State.UNPAID, timezone.now())

    assert numbers_on(desk)[2] == "3 not paid"
    assert listed.count() == 3


def test_counting_stops_at_a_hundred(northside: Org, desk: Browser, now: datetime) -> None:
    make_purchases(org=northside, count=100, payment_status="pending")
    assert numbers_on(desk)[2] == "100 not paid"
    make_purchases(org=northside, count=MOST, payment_status="pending")

    assert numbers_on(desk)[2] == "100+ not paid"


def test_each_number_leads_to_its_list(northside: Org, desk: Browser, now: datetime) -> None:
    pack = make_purchase(org=northside, expires_at=now + timedelta(days=3))
    make_purchase(org=northside, payment_status="pending")
    post_action(desk, "reinstate", pack)
    html = html_of(desk.get(LIST))

    assert f'<a href="/clients/{pack.client_id}/"><bdi translate="no">Ana Ruiz</bdi></a>' in html
    assert '<a href="?state=expiring"><strong>1</strong> pack expires within a week</a>' in html
    assert '<a href="?state=unpaid"><strong>1</strong> not paid</a>' in html


def test_numbers_are_on_the_first_page_only(northside: Org, desk: Browser, now: datetime) -> None:
    make_purchases(org=northside, count=51)

    assert len(numbers_on(desk)) == 3
    assert numbers_on(desk, q="ana") == []
    assert numbers_on(desk, state="active") == []
    later = str(queries.Place(f"{now:%Y-%m-%d %H:%M:%S}", uuid4()))
    assert numbers_on(desk, after=later) == []
    assert "given back today" in html_of(desk.get(LIST, headers=HTMX))


def test_numbers_take_one_query(
    northside: Org, desk: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_purchases(org=northside, count=3)
    # 1. the session with its users 2. the purchases 3. the numbers
    with django_assert_num_queries(3):
        desk.get(LIST)


def test_an_accountant_sees_the_numbers(northside: Org, ada: User, signed_in: SignIn) -> None:
    make_purchase(org=northside, payment_status="pending")

    assert numbers_on(signed_in(ada))[2] == "1 not paid"
