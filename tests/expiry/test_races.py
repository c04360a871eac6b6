"""Concurrent extensions on separate connections: each counts, and a repeated request counts once.

The negative control reads the expiry and then writes the new one. It must lose extensions.
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
from tests.expiry.extensions import (
    EXTEND_BY_A_WEEK,
    end_of_the_day,
    expiry_lines,
    expiry_of,
    extended_by,
)
from tests.integrity.schedule import Connection, run

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 8


@pytest.fixture
def desks(mia: User) -> Iterator[ConcurrentBrowsers]:
    desks = ConcurrentBrowsers(mia, DESKS)
    yield desks
    desks.close()


def week_extension(pack: Purchase, request_id: str | None = None) -> PostRequest:
    fields = {"request_id": request_id or str(uuid4()), "days": "7"}
    return reverse("purchases:extend", args=[pack.pk]), fields


def statuses(answers: list[HttpResponseBase]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_all_concurrent_extensions_count(pack: Purchase, desks: ConcurrentBrowsers) -> None:
    answers = desks.all_at_once([week_extension(pack) for _ in range(DESKS)], htmx=True)

    assert statuses(answers) == [200] * DESKS
    assert expiry_of(pack) == end_of_the_day(7 * DESKS, after=pack.expires_at)
    lines = expiry_lines(pack)
    starts, ends = [line[1] for line in lines], [line[2] for line in lines]
    assert starts == [pack.expires_at, *ends[:-1]], (
        "each event starts at the expiry of the event before"
    )


def test_read_then_write_loses_all_but_one_extension(pack: Purchase) -> None:
    all_read = Barrier(DESKS)

    def naive(connection: Connection, purchase_id: UUID) -> None:
        query = "SELECT expires_at FROM client_purchases WHERE id = %s"
        expires_at = fetch_value(connection, query, purchase_id)
        all_read.wait(PATIENCE)
        update = "UPDATE client_purchases SET expires_at = %s WHERE id = %s"
        connection.execute(update, [expires_at + timedelta(days=7), purchase_id])

    race(pack, [naive] * DESKS)

    assert pack.expires_at
    assert expiry_of(pack) == pack.expires_at + timedelta(days=7), "one week instead of eight"


def test_concurrent_copies_of_a_request_count_once(
    pack: Purchase, desks: ConcurrentBrowsers
) -> None:
    request_id = str(uuid4())

    answers = desks.all_at_once([week_extension(pack, request_id)] * DESKS, htmx=False)

    assert statuses(answers) == [302] * DESKS
    assert len(expiry_lines(pack)) == 1


def test_concurrent_undos_undo_an_extension_once(
    mia: User, pack: Purchase, desks: ConcurrentBrowsers
) -> None:
    path = reverse("purchases:undo_extension", args=[extended_by(mia, pack).pk])

    answers = desks.all_at_once(
        [(path, {"request_id": str(uuid4())}) for _ in range(DESKS)], htmx=True
    )

    assert statuses(answers) == [200] + [409] * (DESKS - 1)
    assert [kind for kind, *_ in expiry_lines(pack)] == ["extended", "undone"]


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_undo_waits_for_an_open_transaction_and_checks_its_result(
    mia: User, pack: Purchase, end: str
) -> None:
    event = extended_by(mia, pack)

    def undo(connection: Connection) -> Any:
        call = "SELECT public.undo_extension(%s, %s)"
        return connection.execute(call, [pack.pk, event.pk]).fetchone()

    outcome = run(partial(extend_by_sql, pack), undo, end)

    assert (outcome.second, outcome.waited) == ((end == "ROLLBACK",), True)


def test_extension_counts_from_the_result_of_an_open_transaction(pack: Purchase) -> None:
    extension = partial(extend_by_sql, pack)

    outcome = run(extension, extension, "COMMIT")

    assert outcome.second == end_of_the_day(14, after=pack.expires_at)
    assert outcome.waited


def extend_by_sql(pack: Purchase, connection: Connection) -> Any:
    return fetch_value(connection, f"SELECT public.{EXTEND_BY_A_WEEK}", pack.pk)
