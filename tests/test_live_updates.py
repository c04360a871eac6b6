"""Live updates: an open page polls every 1.5 seconds for purchases changed since its snapshot."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.core.signing import TimestampSigner
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases import live_updates
from purchases.models import Org, Purchase
from purchases.session_keys import stored_key
from studio.models import Session, User
from tests.database import another_connection, rows
from tests.factories import PASSWORD, make_purchase, make_purchases
from tests.pages import LIST, html_of
from tests.shared_desk.people import take_over

CHANGES = reverse("purchases:changes")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


@pytest.fixture
def psql(pack: Purchase) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of another program."""
    with another_connection() as other:
        yield other


KEY = "session-of-the-page"


def poll(org: Org, seen: str, *, token: str | None = None, key: str = KEY) -> HttpResponseBase:
    """Poll for changes with the token of a page and the cookie of its session."""
    token = live_updates.token(org.pk, key) if token is None else token
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    return browser.get(CHANGES, headers={"Live-Token": token, "If-None-Match": seen})


@pytest.fixture(autouse=True)
def session(db: None) -> Session:
    """The session of the page that polls."""
    end = timezone.now() + timedelta(hours=1)
    return Session.objects.create(
        session_key=stored_key(KEY), session_data="", expire_date=end, membership_id=1
    )


def snapshot() -> str:
    return str(Org.objects.values_list(live_updates.SNAPSHOT)[0][0])


def etag() -> str:
    return f'"{snapshot()}"'


def changed(response: HttpResponseBase) -> list[UUID] | None:
    assert response.status_code == 200
    names = response.json()["changed"]  # type: ignore[attr-defined]
    return None if names is None else [UUID(name) for name in names]


def set_used(connection: psycopg.Connection[tuple[Any, ...]], pack: Purchase, used: int) -> None:
    connection.execute(
        "UPDATE client_purchases SET sessions_used = %s WHERE id = %s", [used, pack.pk]
    )


def test_no_change_is_304_with_one_query(
    northside: Org, pack: Purchase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seen = etag()

    with django_assert_num_queries(1):
        response = poll(northside, seen)

    assert (response.status_code, response["ETag"]) == (304, seen)


def test_a_poll_with_a_session_cookie_takes_one_query(
    northside: Org, desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    headers = {
        "Live-Token": live_updates.token(northside.pk, session_key_of(desk)),
        "If-None-Match": etag(),
    }

    with django_assert_num_queries(1):
        assert desk.get(CHANGES, headers=headers).status_code == 304


def test_the_query_scans_one_index_of_each_ledger(northside: Org) -> None:
    make_purchases(org=northside, count=500)
    rows("UPDATE client_purchases SET expires_at = now()")
    rows("UPDATE client_purchases SET sessions_total = 11")
    rows("ANALYZE session_events, expiry_events, purchase_events")
    parameters = {
        "org_id": northside.pk,
        "session_key": stored_key(KEY),
        "seen": snapshot(),
        "limit": 501,
    }

    with another_connection() as other:
        plan = other.execute("EXPLAIN " + live_updates.SELECT_CHANGES, parameters).fetchall()

    text = "\n".join(line for (line,) in plan)
    assert "session_events_by_transaction" in text
    assert "expiry_events_by_transaction" in text
    assert "purchase_events_by_transaction" in text
    assert text.count("Index Cond: ((org_id = ") == 3
    assert "Seq Scan" not in text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE client_purchases SET sessions_used = sessions_used + 1 WHERE id = %s",
        "SELECT use_session(%s)",
        "SELECT release_session(%s)",
        "DELETE FROM client_purchases WHERE id = %s",
        "UPDATE client_purchases SET expires_at = now() WHERE id = %s",
    ],
)
def test_a_change_by_any_program_is_reported_once(
    northside: Org,
    pack: Purchase,
    psql: psycopg.Connection[tuple[Any, ...]],
    statement: str,
) -> None:
    seen = etag()
    psql.execute(statement, [pack.pk])

    response = poll(northside, seen)

    assert changed(response) == [pack.pk]
    assert response["ETag"] != seen
    assert poll(northside, response["ETag"]).status_code == 304


def test_the_snapshot_on_a_page_is_current(northside: Org, pack: Purchase, desk: Client) -> None:
    urls = [
        LIST,
        reverse("purchases:purchase_detail", args=[pack.pk]),
        reverse("purchases:client_detail", args=[pack.client_id]),
    ]
    for url in urls:
        html = html_of(desk.get(url))
        token, seen = (
            re.search(pattern, html)
            for pattern in ['data-token="([^"]*)"', "data-snapshot='([^']*)'"]
        )
        assert token, url
        assert seen, url
        polled = poll(northside, seen[1], token=token[1], key=session_key_of(desk))
        assert polled.status_code == 304


def test_a_change_that_commits_after_a_later_one_is_reported(
    northside: Org, pack: Purchase, psql: psycopg.Connection[tuple[Any, ...]]
) -> None:
    """The later commit has the lower event id, so polling for greater ids would miss it."""
    slow, quick = pack, make_purchase(org=northside)
    seen = etag()
    with psql.transaction():
        set_used(psql, slow, 7)
        with another_connection() as other:
            set_used(other, quick, 8)
        first = poll(northside, seen)
        assert changed(first) == [quick.pk]
        newest = rows("SELECT max(id) FROM session_events")

    second = poll(northside, first["ETag"])

    assert changed(second) == [slow.pk]
    assert rows("SELECT max(id) FROM session_events") == newest, (
        "the greatest event id did not change"
    )
    assert poll(northside, second["ETag"]).status_code == 304


def test_a_page_of_a_database_that_was_further_reloads_everything(northside: Org) -> None:
    """A restored backup or a younger cluster begins with lower transaction ids."""
    xmin, xmax, _ = snapshot().split(":")
    beyond = f'"{int(xmin) + 1_000_000}:{int(xmax) + 1_000_000}:"'

    response = poll(northside, beyond)

    assert changed(response) is None
    assert response["ETag"] == etag()
    assert poll(northside, response["ETag"]).status_code == 304


def test_a_rolled_back_change_is_not_reported(
    northside: Org, pack: Purchase, psql: psycopg.Connection[tuple[Any, ...]]
) -> None:
    seen = etag()
    with psql.transaction(force_rollback=True):
        set_used(psql, pack, 7)

    assert poll(northside, seen).status_code == 304


def test_a_change_is_not_reported_to_another_org(
    southside: Org, pack: Purchase, psql: psycopg.Connection[tuple[Any, ...]]
) -> None:
    seen = etag()
    set_used(psql, pack, 7)

    assert poll(southside, seen).status_code == 304


@pytest.mark.parametrize("seen", ["", '""', "*", '"7"', '"9:1:"', '"1:2:x"', '"' + "9" * 50 + ':"'])
def test_an_invalid_snapshot_reloads_all_rows(northside: Org, pack: Purchase, seen: str) -> None:
    response = poll(northside, seen)

    assert changed(response) is None
    assert poll(northside, response["ETag"]).status_code == 304


def test_a_weak_etag_is_accepted(northside: Org, pack: Purchase) -> None:
    assert poll(northside, f"W/{etag()}").status_code == 304


def test_more_changes_than_the_maximum_reload_all_rows(
    northside: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A new purchase has an event in two ledgers.
    monkeypatch.setattr(live_updates, "MAX_NAMED", 6)
    seen = etag()
    make_purchases(org=northside, count=3)
    assert len(changed(poll(northside, seen)) or []) == 3

    make_purchases(org=northside, count=1)

    assert changed(poll(northside, seen)) is None


def test_events_with_future_transaction_ids_of_a_restored_database_are_not_reported(
    northside: Org, pack: Purchase
) -> None:
    """Their transaction ids are greater than any that this server has assigned."""
    rows(
        "INSERT INTO session_events (org_id, purchase_id, kind, delta, sessions_used, db_role,"
        " xact_id) VALUES (%s, %s, 'corrected', 0, 3, 'elsewhere', '9000000000')",
        northside.pk,
        pack.pk,
    )

    assert poll(northside, etag()).status_code == 304


@pytest.mark.parametrize("forge", ["", "x", "{}x", "x{}", "{}:{}"])
def test_an_invalid_token_is_403_without_a_query(
    northside: Org, django_assert_num_queries: DjangoAssertNumQueries, forge: str
) -> None:
    token = forge.replace("{}", live_updates.token(northside.pk, KEY))

    with django_assert_num_queries(0):
        response = poll(northside, past_etag(), token=token)

    assert response.status_code == 403


def test_a_token_lasts_an_hour(northside: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, token, now = etag(), live_updates.token(northside.pk, KEY), time.time()

    monkeypatch.setattr("purchases.clock.seconds", lambda: now + live_updates.TOKEN_MAX_AGE - 60)
    assert poll(northside, seen, token=token).status_code == 304
    monkeypatch.setattr("purchases.clock.seconds", lambda: now + live_updates.TOKEN_MAX_AGE + 60)
    assert poll(northside, seen, token=token).status_code == 403


def test_a_signature_with_another_salt_is_refused(northside: Org) -> None:
    signed = TimestampSigner(salt="something else").sign(northside.pk.hex)

    assert poll(northside, etag(), token=signed).status_code == 403


def test_a_token_of_another_session_is_refused(northside: Org, desk: Client) -> None:
    token = live_updates.token(northside.pk, KEY)

    assert poll(northside, etag(), token=token, key=session_key_of(desk)).status_code == 403
    assert Client().get(CHANGES, headers={"Live-Token": token}).status_code == 403


@pytest.mark.parametrize("end", ["signed out", "deleted", "expired", "new key"])
def test_a_token_dies_with_its_session(northside: Org, mia: User, desk: Client, end: str) -> None:
    key = session_key_of(desk)
    assert poll(northside, etag(), key=key).status_code == 304
    match end:
        case "signed out":
            desk.post(reverse("logout"))
        case "deleted":
            Session.objects.filter(pk=stored_key(key)).delete()
        case "expired":
            Session.objects.filter(pk=stored_key(key)).update(expire_date=timezone.now())
        case _:
            take_over(desk, mia, PASSWORD)

    assert poll(northside, etag(), key=key).status_code == 403


def session_key_of(browser: Client) -> str:
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


def past_etag() -> str:
    return '"1:1:"'


@pytest.mark.parametrize(
    "assignment", ["sessions_total = 12", "payment_status = 'refunded'", "amount_paid_cents = 1"]
)
def test_a_change_of_the_purchase_is_reported(
    northside: Org,
    pack: Purchase,
    psql: psycopg.Connection[tuple[Any, ...]],
    assignment: str,
) -> None:
    seen = etag()

    psql.execute(f"UPDATE client_purchases SET {assignment} WHERE id = %s", [pack.pk])

    assert changed(poll(northside, seen)) == [pack.pk]
