"""Sealing beside writers: each row is in one seal, and the check raises no false alarm.

SEAL_EVENTS is the number of events that eight writers write, 2,000 by default.
"""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from purchases import seals
from purchases.database import SQL_DIR, read_statement
from purchases.models import Org, Purchase, Seal, SealLeaf
from studio.models import User
from tests.database import PATIENCE, another_connection, value
from tests.factories import make_purchase, make_purchases
from tests.integrity.schedule import Connection
from tests.seals.sealing import TABLES, move_back, named, seal_all, seal_now

EVENTS = int(os.environ.get("SEAL_EVENTS", "2000"))
WRITERS = 8
NULL_PARAMS = ["event_id", "approved_by_id", "reason", "refusal", "extend_days", "extend_until"]
CLAIM_AND_USE = read_statement(SQL_DIR / "claim_and_use.sql")


def use(other: Connection, purchase: Purchase) -> None:
    other.execute("SELECT public.use_session(%s)", [purchase.pk])


@pytest.mark.usefixtures("transactional_db")
def test_an_event_that_commits_late_is_in_the_next_seal(northside: Org) -> None:
    pack = make_purchase(org=northside)
    with another_connection() as other:
        with other.transaction():
            use(other, pack)
            late_id = value("SELECT last_value FROM session_events_id_seq")
            make_purchase(org=northside)
            seal_now()
            assert value("SELECT last_session_event_id FROM seals") > late_id
            assert seals.check() == []
        assert seals.check() == [], "it is not sealed yet, and that is no alarm"
        seal_now()

    leaf = SealLeaf.objects.get(ledger="session_events", row_id=str(late_id))
    assert leaf.seal.number == 2
    assert seals.check() == []


@pytest.mark.breaks_the_ledger
@pytest.mark.usefixtures("transactional_db")
def test_the_same_event_from_a_later_transaction_is_an_alarm(northside: Org) -> None:
    """The negative control: a transaction that began after the seal claims an earlier time."""
    pack = make_purchase(org=northside)
    seal_now()
    event_id = value(
        "INSERT INTO session_events (org_id, purchase_id, kind, delta, sessions_used, db_role,"
        " occurred_at) SELECT org_id, purchase_id, 'used', 1, 4, 'x', occurred_at"
        " FROM session_events RETURNING id"
    )

    assert named(seals.check()) == {("session_events", str(event_id))}
    seal_now()
    assert named(seals.check()) == {("session_events", str(event_id))}
    assert SealLeaf.objects.filter(row_id=str(event_id)).exists(), pack


@pytest.mark.usefixtures("transactional_db")
def test_two_processes_that_seal_at_once_make_each_seal_once(northside: Org) -> None:
    make_purchase(org=northside)
    move_back(1.2)

    def seal() -> int:
        try:
            return seal_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = [future.result(PATIENCE) for future in [pool.submit(seal) for _ in range(4)]]

    assert sorted(made) == [0, 0, 0, 1]
    assert Seal.objects.count() == 1
    assert seals.check() == []


@pytest.mark.usefixtures("transactional_db")
def test_a_process_that_seals_waits_for_the_other(northside: Org) -> None:
    make_purchase(org=northside)
    move_back(1.2)
    query = """
        SELECT public.seal_days(
            ARRAY[%s], ARRAY[current_date - 1], ARRAY[now() - interval '1 hour'])
    """
    answers: list[int] = []

    def seal() -> None:
        try:
            answers.append(seal_all())
        finally:
            connection.close()

    with another_connection() as other:
        with other.transaction():
            other.execute(query, [northside.pk])
            thread = Thread(target=seal)
            thread.start()
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'transactionid'"
            while not value(waiting):
                pass
            assert answers == []
        thread.join(PATIENCE)

    assert answers == [0]
    assert seals.check() == []


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_honest_writers_raise_no_alarm_while_sealing_goes_on(
    northside: Org, southside: Org, mia: User
) -> None:
    packs = [
        pack
        for org in (northside, southside)
        for pack in make_purchases(
            org=org, count=100, sessions_total=1_000_000, sessions_used=500_000
        )
    ]
    stop = Event()
    per_writer = EVENTS // WRITERS

    def write(seed: int) -> None:
        rng = random.Random(seed)
        try:
            with another_connection() as other:
                done = 0
                while done < per_writer:
                    done += write_some(other, rng, packs, mia)
        finally:
            connection.close()

    def seal() -> int:
        made, rounds = 0, 0
        try:
            while not stop.wait(0.2):
                made += seal_now(margin=timedelta(milliseconds=200))
                # A check takes longer, the more there is.
                if rounds % 20 == 0:
                    assert seals.check() == []
                rounds += 1
        finally:
            connection.close()
        return made

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        sealer = pool.submit(seal)
        writers = [pool.submit(write, seed) for seed in range(WRITERS)]
        try:
            for writer in writers:
                writer.result()
        finally:
            stop.set()
        made = sealer.result(PATIENCE)
    made += seal_now()

    assert made > 2
    assert seals.check() == []
    for table in TABLES:
        count = value(f"SELECT count(*) FROM {table}")
        assert SealLeaf.objects.filter(ledger=table).count() == count > 0
    sealed = value("SELECT sum(events) FROM seals")
    print(f"{sealed:,} events in {made:,} seals, no alarm")


def write_some(other: Connection, rng: random.Random, packs: list[Purchase], user: User) -> int:
    """Write one to five events in one transaction, which may take a while or be rolled back."""
    written = 0
    try:
        with other.transaction():
            # In order, because writers that lock packs in another order would wait for each other.
            chosen = sorted(rng.choices(range(len(packs)), k=rng.choice([1, 1, 1, 5])))
            for number in chosen:
                write_one(other, rng, packs[number], user)
                written += 1
            if rng.random() < 0.02:
                other.execute("SELECT pg_sleep(%s)", [rng.random() * 0.5])
            if rng.random() < 0.03:
                written = 0
                raise psycopg.Rollback
    except (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable):
        return 0
    return written


def write_one(other: Connection, rng: random.Random, pack: Purchase, user: User) -> None:
    match rng.randrange(6):
        case 0 | 1:
            params = {
                **dict.fromkeys(NULL_PARAMS),
                "request_id": uuid4(),
                "operation": "use",
                "purchase_id": pack.pk,
                "actor_id": user.pk,
                "note": rng.choice(["", "by phone"]),
            }
            other.execute(CLAIM_AND_USE, params)
            # A later statement of this transaction belongs to no request.
            other.execute("SELECT set_config('studio.request_id', '', true)")
        case 2:
            other.execute("SELECT public.release_session(%s)", [pack.pk])
        case 3:
            use(other, pack)
        case 4:
            other.execute(
                "UPDATE client_purchases SET expires_at = now() + make_interval(secs => %s)"
                " WHERE id = %s",
                [rng.random() * 1e7, pack.pk],
            )
        case 5:
            other.execute(
                "UPDATE client_purchases SET sessions_total = sessions_total + 1 WHERE id = %s",
                [pack.pk],
            )
