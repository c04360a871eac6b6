"""`manage.py seal`: which days and rows are sealed, and when."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from purchases import seals
from purchases.models import NO_ORG, Org, Purchase, Seal, SealLeaf
from studio.accounts.policy import Policy
from studio.models import User
from tests.database import rows, value
from tests.factories import make_purchase
from tests.ledger import unguarded, used_by
from tests.seals.sealing import TABLES, move_back, seal_all

NOON = datetime(2024, 11, 27, 12, tzinfo=UTC)


def days(org: Org) -> list[tuple[date, int]]:
    """Return the day and the number of events of each seal."""
    seals_of_org = Seal.objects.filter(org_id=org.pk).order_by("number")
    return list(seals_of_org.values_list("day", "events"))


def write_at(when: datetime, purchase: Purchase) -> None:
    """Use a session at a time in the past."""
    event_id = value(
        "WITH used AS (SELECT public.use_session(%s)) SELECT currval(pg_get_serial_sequence("
        "'session_events', 'id')) FROM used",
        purchase.pk,
    )
    with unguarded("session_events"):
        rows("UPDATE session_events SET occurred_at = %s WHERE id = %s", when, event_id)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    """Return a purchase whose opening was recorded on 20 November 2024."""
    purchase = make_purchase(org=northside, total=50, used=0)
    with unguarded("session_events"), unguarded("purchase_events"):
        for table in ("session_events", "purchase_events"):
            rows(f"UPDATE {table} SET occurred_at = '2024-11-20 08:00Z'")
    return purchase


def test_each_day_that_is_over_gets_a_seal_and_a_day_without_rows_gets_none(
    northside: Org, pack: Purchase
) -> None:
    write_at(NOON - timedelta(days=2), pack)
    write_at(NOON - timedelta(days=1), pack)
    write_at(NOON - timedelta(days=1), pack)
    write_at(NOON, pack)

    assert seal_all(now=NOON) == 3
    assert days(northside) == [
        (date(2024, 11, 20), 2),
        (date(2024, 11, 25), 1),
        (date(2024, 11, 26), 2),
    ]
    assert seals.check() == []


def test_it_is_idempotent(northside: Org, pack: Purchase) -> None:
    assert seal_all(now=NOON) == 1
    first = list(Seal.objects.values())

    assert seal_all(now=NOON) == 0
    assert list(Seal.objects.values()) == first


def test_missed_days_are_sealed_one_by_one(northside: Org, pack: Purchase) -> None:
    seal_all(now=NOON)
    for day in range(1, 4):
        write_at(NOON + timedelta(days=day), pack)

    assert seal_all(now=NOON + timedelta(days=4)) == 3
    assert [day for day, _ in days(northside)] == [date(2024, 11, day) for day in (20, 28, 29, 30)]
    assert seals.check() == []


def test_the_days_are_those_of_the_time_zone_of_the_org(northside: Org, pack: Purchase) -> None:
    write_at(datetime(2024, 11, 25, 22, tzinfo=UTC), pack)

    seal_all("Australia/Sydney", now=NOON)

    assert days(northside)[-1] == (date(2024, 11, 26), 1)
    ends_at = value("SELECT ends_at FROM seals ORDER BY number DESC LIMIT 1")
    assert ends_at == datetime(2024, 11, 26, 13, tzinfo=UTC)


def test_a_zone_that_postgresql_does_not_know_counts_as_utc(northside: Org, pack: Purchase) -> None:
    write_at(datetime(2024, 11, 25, 22, tzinfo=UTC), pack)

    seal_all("Mars/Olympus", now=NOON)

    assert days(northside)[-1] == (date(2024, 11, 25), 1)


def test_a_late_row_is_in_the_next_seal(northside: Org, pack: Purchase) -> None:
    seal_all(now=NOON)
    write_at(datetime(2024, 11, 19, 8, tzinfo=UTC), pack)

    assert seal_all(now=NOON) == 1
    assert days(northside)[-1] == (date(2024, 11, 21), 1)
    assert seal_all(now=NOON) == 0


def test_a_row_with_a_time_in_the_future_is_sealed_at_once(northside: Org, pack: Purchase) -> None:
    write_at(datetime(2999, 1, 1, tzinfo=UTC), pack)

    seal_all(now=NOON)

    assert days(northside) == [(date(2024, 11, 20), 3)]
    assert value("SELECT last_session_event_id FROM seals") < value(
        "SELECT max(id) FROM session_events"
    )


def test_rows_of_an_org_that_is_gone_are_sealed_without_an_org(
    northside: Org, pack: Purchase, mia: User
) -> None:
    with unguarded("session_events"):
        rows("UPDATE session_events SET org_id = %s", uuid4())
    rows(
        "INSERT INTO session_requests (request_id, operation, purchase_id, actor_id)"
        " VALUES (gen_random_uuid(), 'use', gen_random_uuid(), %s)",
        mia.pk,
    )
    move_back(2)

    assert seal_all() == 2
    assert value("SELECT lines FROM seals WHERE org_id = %s", NO_ORG) == 2
    assert seals.check() == []


def test_every_row_is_in_exactly_one_seal(
    northside: Org, southside: Org, pack: Purchase, mia: User
) -> None:
    for org in (northside, southside):
        used_by(mia, pack)
        rows("UPDATE client_purchases SET expires_at = now() + interval '9 days'")
        make_purchase(org=org)
        move_back(1.5)
    seal_all()

    for table in TABLES:
        sealed = SealLeaf.objects.filter(ledger=table).count()
        assert sealed == value(f"SELECT count(*) FROM {table}") > 0
    assert value("SELECT sum(lines) FROM seals") == SealLeaf.objects.count()
    assert seals.check() == []


def test_each_seal_is_chained_to_the_one_before(northside: Org, pack: Purchase) -> None:
    write_at(NOON - timedelta(days=1), pack)
    seal_all(now=NOON)

    former, seal = rows("SELECT hash, digest, * FROM seals ORDER BY number")
    query = """
        SELECT sha256(convert_to(concat(encode(%s::bytea, 'hex'), '|', org_id, '|2024-11-26|1|{',
            last_session_event_id, ',NULL,', last_purchase_event_id, '}|', encode(digest, 'hex'),
            '|', extract(epoch FROM ends_at), '|', extract(epoch FROM sealed_at), '|', xact_id, '|',
            snapshot), 'UTF8'))
        FROM seals WHERE number = 2
    """
    assert value(query, former[0]) == seal[0]


@pytest.mark.django_db
def test_a_day_that_is_not_over_is_refused() -> None:
    query = "SELECT public.seal_days(ARRAY[%s]::uuid[], ARRAY[current_date], ARRAY[%s])"
    for ends_at in (datetime(2999, 1, 1, tzinfo=UTC), None):
        with pytest.raises(DatabaseError, match="after its end only"), transaction.atomic():
            rows(query.replace("ARRAY[%s])", "ARRAY[%s]::timestamptz[])"), uuid4(), ends_at)


@pytest.mark.parametrize(
    "statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"]
)
@pytest.mark.parametrize(("table", "column"), [("seals", "lines"), ("seal_leaves", "leaf")])
def test_even_a_superuser_cannot_change_a_seal(
    northside: Org, pack: Purchase, table: str, column: str, statement: str
) -> None:
    seal_all(now=NOON)
    rows("SET LOCAL session_replication_role = replica")

    with pytest.raises(DatabaseError, match="the table is append-only"), transaction.atomic():
        rows(statement.format(table, column))


def test_the_command_seals_in_the_zone_of_each_studio(northside: Org, pack: Purchase) -> None:
    Policy.objects.create(org=northside, time_zone="Pacific/Honolulu")
    write_at(datetime(2024, 11, 22, 5, tzinfo=UTC), pack)
    output = StringIO()

    call_command("seal", stdout=output)

    assert output.getvalue() == "2 seals made.\n"
    assert days(northside)[-1] == (date(2024, 11, 21), 1)
    call_command("seal", stdout=output)
    assert output.getvalue().endswith("\n0 seals made.\n")
