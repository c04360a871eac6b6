"""Extensions at the same moment, by desks with connections of their own: each is counted, in some
order, and a press that arrives many times counts once.

The naive way, which reads the expiry and then writes what it worked out, has to fail here.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http.response import HttpResponseBase
from django.urls import reverse

from purchases.models import Purchase
from studio.models import User
from tests.concurrent_browsers import ConcurrentBrowsers, PostRequest
from tests.concurrent_callers import fetch_value, race
from tests.database import PATIENCE
from tests.expiry.extensions import end_of_the_day, expiry_lines, expiry_of, extended_by
from tests.integrity.schedule import Connection, run

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 8


@pytest.fixture
def desks(mia: User) -> Iterator[ConcurrentBrowsers]:
    desks = ConcurrentBrowsers(mia, DESKS)
    yield desks
    desks.close()


def by_a_week(pack: Purchase, request_id: str | None = None) -> PostRequest:
    fields = {"request_id": request_id or str(uuid4()), "days": "7"}
    return reverse("purchases:extend", args=[pack.pk]), fields


def statuses(answers: list[HttpResponseBase]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_all_of_them_are_counted_in_order_and_none_is_lost(
    pack: Purchase, desks: ConcurrentBrowsers
) -> None:
    answers = desks.all_at_once([by_a_week(pack) for _ in range(DESKS)], htmx=True)

    assert statuses(answers) == [200] * DESKS
    assert expiry_of(pack) == end_of_the_day(7 * DESKS, after=pack.expires_at)
    lines = expiry_lines(pack)
    starts, ends = [line[1] for line in lines], [line[2] for line in lines]
    assert starts == [pack.expires_at, *ends[:-1]], "each begins where the one before it ended"


def test_the_naive_way_loses_all_but_one(pack: Purchase) -> None:
    all_have_read = Barrier(DESKS)

    def naive(connection: Connection, purchase_id: UUID) -> None:
        query = "SELECT expires_at FROM client_purchases WHERE id = %s"
        expires_at = fetch_value(connection, query, purchase_id)
        all_have_read.wait(PATIENCE)
        update = "UPDATE client_purchases SET expires_at = %s WHERE id = %s"
        connection.execute(update, [expires_at + timedelta(days=7), purchase_id])

    race(pack, [naive] * DESKS)

    assert pack.expires_at
    assert expiry_of(pack) == pack.expires_at + timedelta(days=7), "and not eight weeks"


def test_the_same_press_at_the_same_moment_counts_once_and_is_answered_alike(
    pack: Purchase, desks: ConcurrentBrowsers
) -> None:
    request_id = str(uuid4())

    answers = desks.all_at_once([by_a_week(pack, request_id)] * DESKS, htmx=False)

    assert statuses(answers) == [302] * DESKS
    assert len(expiry_lines(pack)) == 1


def test_an_extension_that_all_undo_at_once_is_undone_once(
    mia: User, pack: Purchase, desks: ConcurrentBrowsers
) -> None:
    path = reverse("purchases:undo_extension", args=[extended_by(mia, pack).pk])

    answers = desks.all_at_once(
        [(path, {"request_id": str(uuid4())}) for _ in range(DESKS)], htmx=True
    )

    assert statuses(answers) == [200] + [409] * (DESKS - 1)
    assert [kind for kind, *_ in expiry_lines(pack)] == ["extended", "undone"]


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_an_undo_waits_for_a_change_under_way_and_decides_by_what_it_left(
    mia: User, pack: Purchase, end: str
) -> None:
    event = extended_by(mia, pack)

    def undo(connection: Connection) -> Any:
        call = "SELECT public.undo_extension(%s, %s)"
        return connection.execute(call, [pack.pk, event.pk]).fetchone()

    outcome = run(partial(by_sql, pack), undo, end)

    assert (outcome.second, outcome.waited) == ((end == "ROLLBACK",), True)


def test_an_extension_counts_from_where_the_one_under_way_leads(pack: Purchase) -> None:
    extension = partial(by_sql, pack)

    outcome = run(extension, extension, "COMMIT")

    assert outcome.second == end_of_the_day(14, after=pack.expires_at)
    assert outcome.waited


def by_sql(pack: Purchase, connection: Connection) -> Any:
    return fetch_value(connection, "SELECT public.extend_expiry(%s, 7, NULL, 'UTC')", pack.pk)
