"""Bulk-load millions of clients and purchases.

Indexes, keys, foreign key checks, audit events and search terms are cheap for one row and slow for
millions. So this module removes them, loads the rows and recreates them at once. It requires the
owner of the tables and locks them, so use it before a database is in use. All steps are one
transaction: an error, such as a duplicate row, restores the tables.

    removed = strip_tables()
    load_clients(…), load_purchases(…), open_purchases(…)
    restore(removed)
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import connection

CLIENTS_AT_ONCE = 20_000
# A small batch, so that Python creates rows while PostgreSQL stores the previous batch.
PURCHASES_AT_ONCE = 1_000

TABLES = ["clients", "client_search_terms", "client_purchases", "session_events", "purchase_events"]
TRIGGERS = [
    # ENABLE ALWAYS as in the migration, so that replicated changes are recorded too.
    ("client_purchases", "record_session_event", "ENABLE ALWAYS"),
    ("client_purchases", "record_purchase_event", "ENABLE ALWAYS"),
    # This trigger detects purchases that are inserted again. New ids need no such check.
    ("client_purchases", "record_expiry_event", "ENABLE ALWAYS"),
    ("clients", "refresh_search_terms", "ENABLE"),
]
# PostgreSQL inlines a function only if it has no SET clause, which is six times as fast. VOLATILE
# prevents that an inlined argument is evaluated twice.
SEARCH_PATH = "search_path = pg_catalog, pg_temp"
FUNCTIONS = [
    ("search_terms(text, text, text)", "RESET search_path", f"SET {SEARCH_PATH}"),
    ("fold_for_search(text)", "VOLATILE RESET search_path", f"IMMUTABLE SET {SEARCH_PATH}"),
]

# Keys that a foreign key of another table references stay.
REMOVABLE = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
            pg_get_constraintdef(oid)),
        contype <> 'f' AS is_key
    FROM pg_constraint AS ours
    WHERE conrelid = ANY (%(tables)s::regclass[]) AND (
        contype = 'f' OR contype IN ('p', 'u') AND NOT EXISTS (
            SELECT FROM pg_constraint AS foreign_key
            WHERE foreign_key.conindid = ours.conindid
                AND foreign_key.conrelid <> ours.conrelid
        )
    )
    UNION ALL
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid), true
    FROM pg_index
    WHERE indrelid = ANY (%(tables)s::regclass[])
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY is_key
"""
INSERT_SEARCH_TERMS = """
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT client.org_id, term, client.id
    FROM public.clients AS client,
        public.search_terms(client.full_name, client.email, client.phone) AS term
    WHERE client.id = ANY (%s)
"""
INSERT_OPENING_EVENTS = """
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, db_role)
    SELECT org_id, id, 'opened', sessions_used, sessions_used, (SELECT public.current_db_role())
    FROM public.client_purchases
    WHERE org_id = %s
"""
INSERT_OPENING_PURCHASE_EVENTS = """
    INSERT INTO public.purchase_events (
        org_id, purchase_id, kind, client_id, offer_id, sessions_total, amount_paid_cents,
        currency, payment_status, payment_method, purchased_at, created_at, expires_at, db_role
    )
    SELECT
        org_id, id, 'opened', client_id, offer_id, sessions_total, amount_paid_cents, currency,
        payment_status, payment_method, purchased_at, created_at, expires_at,
        (SELECT public.current_db_role())
    FROM public.client_purchases
    WHERE org_id = %s
"""


class ClientRow(NamedTuple):
    """A row of `clients` for COPY. None is null."""

    id: str
    org_id: str
    created_at: str
    full_name: str
    email: str | None
    phone: str | None


class PurchaseRow(NamedTuple):
    """A row of `client_purchases` for COPY. None is null."""

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
    """Drop or disable what `restore` recreates, and return the statements for it."""
    with connection.cursor() as cursor:
        # ALTER TABLE fails while deferred constraint checks are pending.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(REMOVABLE, {"tables": [f"public.{table}" for table in TABLES]})
        removable = [(remove, restore) for remove, restore, _ in cursor.fetchall()]
        for table, trigger, enable in TRIGGERS:
            switch = f"ALTER TABLE public.{table} {{}} TRIGGER {trigger}"
            removable.append((switch.format("DISABLE"), switch.format(enable)))
        for function, *changes in FUNCTIONS:
            remove, restore = (f"ALTER FUNCTION public.{function} {change}" for change in changes)
            removable.append((remove, restore))
        for remove, _ in removable:
            cursor.execute(remove)
    # Restore foreign keys last, because they depend on keys. Then update the planner's statistics.
    return [*(restore for _, restore in reversed(removable)), f"ANALYZE {', '.join(TABLES)}"]


def restore(removed: list[str]) -> Iterator[int]:
    for statement in removed:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        yield 1


def load_clients(clients: Iterable[ClientRow]) -> Iterator[int]:
    """Load clients with their search terms, and yield the size of each batch."""
    for batch in _batches(clients, CLIENTS_AT_ONCE):
        with connection.cursor() as cursor:
            with cursor.copy(_into("clients", ClientRow)) as copy:
                for row in batch:
                    copy.write_row(row)
            cursor.execute(INSERT_SEARCH_TERMS, [[UUID(row.id) for row in batch]])
        yield len(batch)


def load_purchases(purchases: Iterable[PurchaseRow]) -> Iterator[int]:
    """Load purchases, and yield the size of each batch."""
    with (
        connection.cursor() as cursor,
        cursor.copy(_into("client_purchases", PurchaseRow)) as copy,
    ):
        for batch in _batches(purchases, PURCHASES_AT_ONCE):
            for row in batch:
                copy.write_row(row)
            yield len(batch)


def open_purchases(org_id: UUID) -> Iterator[int]:
    """Insert the opening events of each purchase, and yield the number of purchases."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT_OPENING_PURCHASE_EVENTS, [org_id])
        cursor.execute(INSERT_OPENING_EVENTS, [org_id])
        yield cursor.rowcount


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def _into(table: str, row: type[ClientRow] | type[PurchaseRow]) -> str:
    return f"COPY public.{table} ({', '.join(row._fields)}) FROM STDIN"
