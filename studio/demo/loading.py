"""Clients and purchases by the million.

What costs little for one row and hours for millions is done for all of them at once: the indexes,
the look whether a foreign key leads somewhere, the events and search terms that triggers write row
by row. It takes the owner of the tables, and nobody else can use them meanwhile: this is for a
database that nobody works with yet. All of it is one transaction, so that the tables are whole
again in the end, whatever happens.

    removed = strip_tables()
    load_clients(…), load_purchases(…)
    restore(removed)
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import connection

ROWS_AT_ONCE = 20_000

TABLES = ["clients", "client_search_terms", "client_purchases", "session_events"]
TRIGGERS = [
    # As their migrations left them: what is replicated into the ledger is recorded too.
    ("client_purchases", "record_session_event", "ENABLE ALWAYS"),
    # It looks whether a purchase that was deleted comes back. New ids have no such past.
    ("client_purchases", "record_expiry_event", "ENABLE ALWAYS"),
    ("clients", "keep_search_terms", "ENABLE"),
]

# Primary keys and unique constraints stay: they are the guards against the same row twice.
REMOVABLE = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = ANY (%(tables)s::regclass[])
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    UNION ALL
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
            pg_get_constraintdef(oid))
    FROM pg_constraint
    WHERE conrelid = ANY (%(tables)s::regclass[]) AND contype = 'f'
"""
FIND = """
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT client.org_id, term, client.id
    FROM public.clients AS client,
        public.search_terms(client.full_name, client.email, client.phone) AS term
    WHERE client.id = ANY (%s)
    ORDER BY term
"""


class ClientRow(NamedTuple):
    """A column each, as COPY reads it; None is null."""

    id: str
    org_id: str
    created_at: str
    full_name: str
    email: str | None
    phone: str | None


class PurchaseRow(NamedTuple):
    """A column each, as COPY reads it; None is null."""

    id: str
    org_id: str
    client_id: str
    offer_id: str
    amount_paid_cents: int
    sessions_total: int | None
    sessions_used: int
    purchased_at: str
    expires_at: str | None
    payment_status: str
    payment_method: str
    created_at: str


Row = TypeVar("Row", bound=tuple[object, ...])


def strip_tables() -> list[str]:
    """Take away what is made anew at once, and return the statements that do it."""
    with connection.cursor() as cursor:
        # A table with checks that are still to come can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(REMOVABLE, {"tables": [f"public.{table}" for table in TABLES]})
        removable = cursor.fetchall()
        for table, trigger, enable in TRIGGERS:
            switch = f"ALTER TABLE public.{table} {{}} TRIGGER {trigger}"
            removable.append((switch.format("DISABLE"), switch.format(enable)))
        for remove, _ in removable:
            cursor.execute(remove)
    # Or PostgreSQL would plan for tables as small as they were.
    return [*(restore for _, restore in removable), f"ANALYZE {', '.join(TABLES)}"]


def restore(removed: list[str]) -> Iterator[int]:
    for statement in removed:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        yield 1


def load_clients(clients: Iterable[ClientRow]) -> Iterator[int]:
    """Load them with what finds them, and say of each batch how many they were."""
    for batch in _batches(clients):
        _copy("clients", ClientRow._fields, batch)
        with connection.cursor() as cursor:
            cursor.execute(FIND, [[UUID(row.id) for row in batch]])
        yield len(batch)


def load_purchases(purchases: Iterable[PurchaseRow]) -> Iterator[int]:
    """Load them, each opened in the ledger with the sessions used of it, and say of each batch how
    many they were."""
    columns = ("org_id", "purchase_id", "kind", "delta", "sessions_used", "made_by")
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.made_by()")
        (made_by,) = cursor.fetchone()
    for batch in _batches(purchases):
        _copy("client_purchases", PurchaseRow._fields, batch)
        opened = (
            (row.org_id, row.id, "opened", row.sessions_used, row.sessions_used, made_by)
            for row in batch
        )
        _copy("session_events", columns, opened)
        yield len(batch)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, ROWS_AT_ONCE)):
        yield batch


def _copy(table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    statement = f"COPY public.{table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
