"""Races between concurrent callers of release_session and use_session.

Each race has a negative control: a naive SELECT and UPDATE, which must produce a wrong count.
"""

from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest

from purchases.models import Purchase
from tests.concurrent_callers import Call, fetch_value, race
from tests.database import PATIENCE, another_connection
from tests.factories import make_org, make_purchase
from tests.integrity.schedule import Connection, run

pytestmark = pytest.mark.django_db(transaction=True)

CALLERS = 8


def pack(*, total: int, used: int) -> Purchase:
    return make_purchase(org=make_org(), total=total, used=used)


def release(connection: Connection, purchase_id: UUID) -> int:
    return int(fetch_value(connection, "SELECT public.release_session(%s)", purchase_id))


def use(connection: Connection, purchase_id: UUID) -> bool:
    return bool(fetch_value(connection, "SELECT public.use_session(%s)", purchase_id))


def naive(change: int, all_have_read: Barrier) -> Call:
    """Return a call that does SELECT, then UPDATE, after all callers have read.

    The result is that of release_session for a change of -1, and of use_session for +1.
    """

    def call(connection: Connection, purchase_id: UUID) -> int | bool:
        query = "SELECT sessions_used, sessions_total FROM client_purchases WHERE id = %s"
        used, total = connection.execute(query, [purchase_id]).fetchone() or (None, None)
        all_have_read.wait(PATIENCE)
        if not 0 <= used + change <= total:
            return -1 if change < 0 else False
        update = "UPDATE client_purchases SET sessions_used = %s WHERE id = %s"
        connection.execute(update, [used + change, purchase_id])
        return used + change if change < 0 else True

    return call


@pytest.mark.parametrize("used", [0, 1, 3, CALLERS - 1, CALLERS])
def test_concurrent_releases_give_back_as_many_sessions_as_were_used(used: int) -> None:
    purchase = pack(total=10, used=used)

    answers = race(purchase, [release] * CALLERS)

    assert sorted(answers) == [-1] * (CALLERS - used) + list(range(used))
    purchase.refresh_from_db()
    assert purchase.sessions_used == 0


def test_the_naive_release_gives_one_session_back_to_every_caller() -> None:
    purchase = pack(total=10, used=1)

    answers = race(purchase, [naive(-1, Barrier(CALLERS))] * CALLERS)

    assert answers == [0] * CALLERS, "one session was used, and eight callers succeeded"


@pytest.mark.parametrize("left", [0, 1, 3, CALLERS])
def test_concurrent_uses_take_as_many_sessions_as_were_left(left: int) -> None:
    purchase = pack(total=10, used=10 - left)

    answers = race(purchase, [use] * CALLERS)

    assert sorted(answers) == [False] * (CALLERS - left) + [True] * left
    purchase.refresh_from_db()
    assert purchase.sessions_used == 10


def test_the_naive_use_takes_the_last_session_for_every_caller() -> None:
    purchase = pack(total=10, used=9)

    answers = race(purchase, [naive(+1, Barrier(CALLERS))] * CALLERS)

    assert answers == [True] * CALLERS, "one session was left, and eight callers succeeded"


def test_concurrent_uses_and_releases_end_at_their_sum() -> None:
    purchase = pack(total=20, used=10)

    answers = race(purchase, [use] * 6 + [release] * 4)

    assert answers[:6] == [True] * 6
    assert -1 not in answers[6:]
    purchase.refresh_from_db()
    assert purchase.sessions_used == 10 + 6 - 4


def test_on_a_small_pack_the_count_is_the_sum_of_the_calls_that_succeeded() -> None:
    """Some calls are refused at 0 or at the total; which ones depends on timing."""
    purchase = pack(total=2, used=1)

    answers = race(purchase, [use, release] * CALLERS)

    taken = sum(answers[0::2])
    given_back = sum(answer != -1 for answer in answers[1::2])
    purchase.refresh_from_db()
    assert purchase.sessions_used == 1 + taken - given_back
    assert purchase.sessions_used in (0, 1, 2)


def test_a_naive_use_and_release_lose_an_update() -> None:
    purchase = pack(total=20, used=10)
    all_have_read = Barrier(2)

    answers = race(purchase, [naive(+1, all_have_read), naive(-1, all_have_read)])

    assert answers == [True, 9], "both calls succeeded"
    purchase.refresh_from_db()
    assert purchase.sessions_used in (9, 11), "only the last write had an effect"


@pytest.mark.parametrize(
    ("call", "used", "end", "answers"),
    [
        (release, 1, "COMMIT", [0, -1]),
        (release, 1, "ROLLBACK", [0, 0]),
        (use, 9, "COMMIT", [True, False]),
        (use, 9, "ROLLBACK", [True, True]),
    ],
)
def test_the_second_caller_waits_and_uses_the_count_after_the_first(
    call: Call, used: int, end: str, answers: list[object]
) -> None:
    purchase = pack(total=10, used=used)

    def caller(connection: Connection) -> Any:
        return call(connection, purchase.pk)

    outcome = run(caller, caller, end)

    assert [outcome.first, outcome.second, outcome.waited] == [*answers, True]


@pytest.mark.parametrize(("call", "used", "left"), [(release, 3, 2), (use, 3, 4)])
def test_a_caller_with_an_old_snapshot_gets_a_serialization_failure(
    call: Call, used: int, left: int
) -> None:
    """At REPEATABLE READ, a concurrent change causes a serialization failure."""
    purchase = pack(total=10, used=used)

    with another_connection() as one, another_connection() as two:
        two.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        # The first query takes the snapshot.
        two.execute("SELECT FROM client_purchases")
        call(one, purchase.pk)
        with pytest.raises(psycopg.errors.SerializationFailure):
            call(two, purchase.pk)
        two.execute("ROLLBACK")
    purchase.refresh_from_db()
    assert purchase.sessions_used == left
