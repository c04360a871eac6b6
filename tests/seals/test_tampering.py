"""The check finds and names every sealed row that a superuser edits, deletes or inserts.

SEAL_ATTACKS is the number of random attacks, 100 by default.
"""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from purchases import operations, seals
from purchases.models import Org, Purchase
from purchases.operations.commands import Extend, UndoExtension
from studio.models import User
from tests.database import rows, value
from tests.factories import make_purchase
from tests.ledger import fresh, reinstated_by, undone_by, used_by
from tests.seals.sealing import (
    TABLES,
    TIMES,
    move_back,
    named,
    rolled_back,
    seal_all,
    without_guards,
)

ATTACKS = int(os.environ.get("SEAL_ATTACKS", "100"))
Row = tuple[str, str]
KEYS = {table: "request_id" if table == "session_requests" else "id" for table in TABLES}
XACT_IDS = {
    table: "claimed_xact_id" if table == "session_requests" else "xact_id" for table in TABLES
}
# An expression for another value of each type.
OTHER_VALUES = {
    "uuid": "gen_random_uuid()",
    "int4": "coalesce({0}, 0) + 1 + (random() * 5)::int",
    "int8": "coalesce({0}, 0) + 100000",
    "text": "coalesce({0}, '') || '!'",
    "timestamptz": "coalesce({0}, now()) - make_interval(secs => 1 + (random() * 1e6)::int)",
    "xid8": "'1'",
    "date": "coalesce({0}, current_date) + 1",
}
COLUMNS = """
    SELECT column_name, udt_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position
"""


@pytest.fixture
def sealed(transactional_db: None, northside: Org, southside: Org, mia: User, otto: User) -> None:
    """Seal four days of everything that happens in two studios, requests with notes included."""
    # A gap in the ids, for a row that is inserted later.
    for table in TABLES[:3]:
        rows("SELECT setval(pg_get_serial_sequence(%s, 'id'), 20)", table)
    packs = [(make_purchase(org=northside, used=3), mia) for _ in range(3)]
    packs.append((make_purchase(org=southside, used=1), otto))
    for day in range(4):
        for pack, user in packs:
            used_by(user, pack, note="asked by phone" if day % 2 else "")
            undone_by(user, reinstated_by(user, pack, note=f"day {day}"))
            reinstated_by(user, pack)
            extend(user, pack)
            with transaction.atomic():
                rows('SET LOCAL request.jwt.claims = \'{"sub": "person-7"}\'')
                rows(
                    "UPDATE client_purchases SET sessions_total = sessions_total + 1,"
                    " sessions_used = sessions_used + 1 WHERE id = %s",
                    pack.pk,
                )
        if day == 1:
            make_purchase(org=northside).delete()
        move_back(1)
    assert seal_all() == 8


def extend(user: User, pack: Purchase) -> None:
    rows(
        "UPDATE client_purchases SET expires_at = now() + interval '9 days' WHERE id = %s", pack.pk
    )
    done = operations.extend(
        member=user.membership, purchase=fresh(pack), command=Extend(request_id=uuid4(), days=7)
    )
    if random.random() < 0.5:
        event = pack.expiry_events.latest("pk")
        command = UndoExtension(request_id=uuid4())
        operations.undo_extension(member=user.membership, event=event, command=command)
    assert done


def some_row(rng: random.Random, table: str) -> str:
    ids = rows(f"SELECT {KEYS[table]}::text FROM {table} ORDER BY 1")
    return str(rng.choice(ids)[0])


def edit(rng: random.Random, table: str, row_id: str) -> Row:
    column, kind = rng.choice(rows(COLUMNS, table))
    rows(
        f"UPDATE {table} SET {column} = {OTHER_VALUES[kind].format(column)}"
        f" WHERE {KEYS[table]}::text = %s",
        row_id,
    )
    return table, row_id


def delete(rng: random.Random, table: str, row_id: str) -> Row:
    rows(f"DELETE FROM {table} WHERE {KEYS[table]}::text = %s", row_id)
    return table, row_id


def insert(rng: random.Random, table: str, row_id: str) -> Row:
    """Insert a copy of a row that claims to be older than the seals, by its time or by its id."""
    key, time, xact_id = KEYS[table], TIMES.get(table, "occurred_at"), XACT_IDS[table]
    columns = [column for column, _ in rows(COLUMNS, table) if column != key]
    replaced = {"request_id": "NULL", "reverses_id": "NULL"}
    claims_by_id = table != "session_requests" and rng.random() < 0.3
    if claims_by_id:
        replaced |= {time: "clock_timestamp()", xact_id: "pg_current_xact_id()"}
    else:
        replaced[xact_id] = rng.choice([xact_id, "pg_current_xact_id()", "'3'"])
    if table == "session_requests":
        new_id = str(uuid4())
    elif claims_by_id:
        new_id = str(rng.randint(1, 20))
    else:
        new_id = str(rng.choice([rng.randint(1, 20), 10_000]))
    values = ", ".join(replaced.get(column, column) for column in columns)
    overriding = "" if table == "session_requests" else "OVERRIDING SYSTEM VALUE"
    rows(
        f"INSERT INTO {table} ({key}, {', '.join(columns)}) {overriding}"
        f" SELECT %s, {values} FROM {table} WHERE {key}::text = %s",
        new_id,
        row_id,
    )
    return table, new_id


@pytest.mark.slow
@pytest.mark.breaks_the_ledger
def test_every_edit_deletion_and_insertion_is_named(sealed: None) -> None:
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    assert seals.check() == []
    done = 0
    while done < ATTACKS:
        attack: Callable[[random.Random, str, str], Row] = rng.choice([edit, delete, insert])
        table = rng.choice(TABLES)
        row_id = some_row(rng, table)
        # Some random edits break a constraint. Others replace them.
        with suppress(IntegrityError), rolled_back():
            with without_guards():
                attacked = attack(rng, table, row_id)
            found = named(seals.check())
            case = f"seed {seed}, attack {done}: {attack.__name__} {attacked}, found {found}"
            assert attacked in found, case
            # A row with another id is a deletion and an insertion.
            assert found <= {attacked} | not_sealed(), case
            done += 1
    print(f"{done:,} attacks found and named, seed {seed}")


def not_sealed() -> set[Row]:
    """Return the rows that have no leaf."""
    query = "SELECT ledger, row_id FROM public.ledger_rows() WHERE seal_id IS NULL"
    return {(ledger, row_id) for ledger, row_id in rows(query)}


EVENT = "org_id purchase_id kind request_id reverses_id db_role occurred_at xact_id"
SEALED_COLUMNS = {
    "session_events": f"id {EVENT} delta sessions_used",
    "expiry_events": f"id {EVENT} expires_before expires_at",
    "purchase_events": f"id {EVENT} org_id_before client_id_before client_id offer_id_before"
    " offer_id sessions_total_before sessions_total amount_paid_cents_before amount_paid_cents"
    " currency_before currency payment_status_before payment_status payment_method_before"
    " payment_method purchased_at_before purchased_at created_at_before created_at expires_at"
    " client_request_id",
    "session_requests": "request_id operation purchase_id event_id actor_id approved_by_id reason"
    " note refusal extend_days extend_until adjust_by to_client_id to_purchase_id offer_id"
    " refund_cents asked_at claimed_xact_id",
}


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_sealed(table: str) -> None:
    """A new column fails here. Add it to ledger_rows() in a new migration, and to this list."""
    assert sorted(SEALED_COLUMNS[table].split()) == sorted(name for name, _ in rows(COLUMNS, table))


@pytest.mark.breaks_the_ledger
def test_a_change_of_any_column_is_named(sealed: None) -> None:
    for table in TABLES:
        checks = rows(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
            table,
        )
        # A column may be null, and a constraint may need it to be null.
        for column, kind in rows(COLUMNS, table):
            row_id = value(f"SELECT max({KEYS[table]}::text) FROM {table}")
            changed = OTHER_VALUES[kind].format(column)
            update = f"UPDATE {table} SET {column} = {changed} WHERE {KEYS[table]}::text = %s"
            with rolled_back():
                for (check,) in checks:
                    rows(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
                with without_guards():
                    rows(update, row_id)
                assert (table, row_id) in named(seals.check()), f"{table}.{column}"


@pytest.mark.breaks_the_ledger
def test_a_deleted_leaf_is_noticed_too(sealed: None) -> None:
    with without_guards():
        rows("DELETE FROM session_events WHERE id = (SELECT max(id) FROM session_events)")
        rows(
            "DELETE FROM seal_leaves WHERE NOT EXISTS (SELECT FROM public.ledger_rows() AS line"
            " WHERE line.ledger = seal_leaves.ledger AND line.row_id = seal_leaves.row_id)"
        )

    (difference,) = seals.check()
    assert difference.text.startswith("the seal does not match its leaves")
    assert difference.day == timezone.now().date() - timedelta(days=1)
