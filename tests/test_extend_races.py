"""Extensions at the same moment, by desks with connections of their own: each is counted, in some
order, and a press that arrives many times counts once.

The naive way, which reads the expiry and then writes what it worked out, has to fail here.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from purchases.models import Purchase
from studio.models import User
from tests.database import PATIENCE, another_connection
from tests.desks import Desks, Sent
from tests.extensions import end_of_the_day, expiry_lines, expiry_of, extended_by
from tests.factories import make_purchase
from tests.test_races import Connection, ask, race, wait_for_the_lock

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 8


@pytest.fixture
def pack(mia: User) -> Purchase:
    expires_at = timezone.now() + timedelta(days=5)
    return make_purchase(org=mia.membership.org, expires_at=expires_at)


@pytest.fixture
def desks(mia: User) -> Iterator[Desks]:
    desks = Desks(mia, DESKS)
    yield desks
    desks.close()


def by_a_week(pack: Purchase, request_id: str | None = None) -> Sent:
    fields = {"request_id": request_id or str(uuid4()), "days": "7"}
    return reverse("purchases:extend", args=[pack.pk]), fields


def statuses(answers: list[HttpResponseBase]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_all_of_them_are_counted_in_order_and_none_is_lost(pack: Purchase, desks: Desks) -> None:
    answers = desks.all_at_once([by_a_week(pack) for _ in range(DESKS)], htmx=True)

    assert statuses(answers) == [200] * DESKS
    assert expiry_of(pack) == end_of_the_day(7 * DESKS, after=pack.expires_at)
    lines = expiry_lines(pack)
    befores, afters = [line[1] for line in lines], [line[2] for line in lines]
    assert befores == [pack.expires_at, *afters[:-1]], "each begins where the one before it ended"


def test_the_naive_way_loses_all_but_one(pack: Purchase) -> None:
    all_have_read = Barrier(DESKS)

    def naive(connection: Connection, purchase_id: UUID) -> None:
        query = "SELECT expires_at FROM client_purchases WHERE id = %s"
        expires_at = ask(connection, query, purchase_id)
        all_have_read.wait(PATIENCE)
        update = "UPDATE client_purchases SET expires_at = %s WHERE id = %s"
        connection.execute(update, [expires_at + timedelta(days=7), purchase_id])

    race(pack, [naive] * DESKS)

    assert pack.expires_at
    assert expiry_of(pack) == pack.expires_at + timedelta(days=7), "and not eight weeks"


def test_the_same_press_at_the_same_moment_counts_once_and_is_answered_alike(
    pack: Purchase, desks: Desks
) -> None:
    request_id = str(uuid4())

    answers = desks.all_at_once([by_a_week(pack, request_id)] * DESKS, htmx=False)

    assert statuses(answers) == [302] * DESKS
    assert len(expiry_lines(pack)) == 1


def test_an_extension_that_all_undo_at_once_is_undone_once(
    mia: User, pack: Purchase, desks: Desks
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
    undo = "SELECT public.undo_extension(%s, %s)"

    with another_connection() as one, another_connection() as two, ThreadPoolExecutor(1) as pool:
        one.execute("BEGIN")
        one.execute("SELECT public.extend_expiry(%s, 7, NULL, 'UTC')", [pack.pk])
        answer = pool.submit(lambda: two.execute(undo, [pack.pk, event.pk]).fetchone())
        wait_for_the_lock(two, answer)
        one.execute(end.encode())
        assert answer.result(timeout=PATIENCE) == (end == "ROLLBACK",)


def test_an_extension_counts_from_where_the_one_under_way_leads(pack: Purchase) -> None:
    extend = "SELECT public.extend_expiry(%s, 7, NULL, 'UTC')"

    with another_connection() as one, another_connection() as two, ThreadPoolExecutor(1) as pool:
        one.execute("BEGIN")
        one.execute(extend, [pack.pk])
        answer = pool.submit(lambda: two.execute(extend, [pack.pk]).fetchone())
        wait_for_the_lock(two, answer)
        one.execute("COMMIT")
        assert answer.result(timeout=PATIENCE) == (end_of_the_day(14, after=pack.expires_at),)
