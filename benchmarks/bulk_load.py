"""Clients and purchases by the million.

What costs little for one row and hours for millions is done for all of them at once: the indexes
and keys, the look whether a foreign key leads somewhere, the events and search terms that triggers
write row by row. It takes the owner of the tables, and nobody else can use them meanwhile: this is
for a database that nobody works with yet. All of it is one transaction, so that the tables are
whole again in the end, whatever happens: a row that comes twice is refused by then, with the rest.

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
# So few that they are made here while PostgreSQL stores those before.
PURCHASES_AT_ONCE = 1_000

TABLES = ["clients", "client_search_terms", "client_purchases", "session_events"]
TRIGGERS = [
    # As their migrations left them: what is replicated into the ledger is recorded too.
    ("client_purchases", "record_session_event", "ENABLE ALWAYS"),
    # It looks whether a purchase that was deleted comes back. New ids have no such past.
    ("client_purchases", "record_expiry_event", "ENABLE ALWAYS"),
    ("clients", "keep_search_terms", "ENABLE"),
]
# A function with settings is a query of its own for each row; without, it is a part of ours, six
# times as fast. What is said to be volatile is worked out once where it stands twice.
SEARCH_PATH = "search_path = pg_catalog, pg_temp"
FUNCTIONS = [
    ("search_terms(text, text, text)", "RESET search_path", f"SET {SEARCH_PATH}"),
    ("fold_for_search(text)", "VOLATILE RESET search_path", f"IMMUTABLE SET {SEARCH_PATH}"),
]

# A key to which another table's foreign key leads stays.
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
FIND = """
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT client.org_id, term, client.id
    FROM public.clients AS client,
        public.search_terms(client.full_name, client.email, client.phone) AS term
    WHERE client.id = ANY (%s)
"""
OPEN = """
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, made_by)
    SELECT org_id, id, 'opened', sessions_used, sessions_used, (SELECT public.made_by())
    FROM public.client_purchases
    WHERE org_id = %s
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
        removable = [(remove, restore) for remove, restore, _ in cursor.fetchall()]
        for table, trigger, enable in TRIGGERS:
            switch = f"ALTER TABLE public.{table} {{}} TRIGGER {trigger}"
            removable.append((switch.format("DISABLE"), switch.format(enable)))
        for function, *changes in FUNCTIONS:
            remove, restore = (f"ALTER FUNCTION public.{function} {change}" for change in changes)
            removable.append((remove, restore))
        for remove, _ in removable:
            cursor.execute(remove)
    # Foreign keys last: they lead to keys. Then PostgreSQL looks how large the tables have become.
    return [*(restore for _, restore in reversed(removable)), f"ANALYZE {', '.join(TABLES)}"]


def restore(removed: list[str]) -> Iterator[int]:
    for statement in removed:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        yield 1


def load_clients(clients: Iterable[ClientRow]) -> Iterator[int]:
    """Load them with what finds them, and say of each batch how many they were."""
    for batch in _batches(clients, CLIENTS_AT_ONCE):
        with connection.cursor() as cursor:
            with cursor.copy(_into("clients", ClientRow)) as copy:
                for row in batch:
                    copy.write_row(row)
            cursor.execute(FIND, [[UUID(row.id) for row in batch]])
        yield len(batch)


def load_purchases(purchases: Iterable[PurchaseRow]) -> Iterator[int]:
    """Load them, and say of each batch how many they were."""
    with (
        connection.cursor() as cursor,
        cursor.copy(_into("client_purchases", PurchaseRow)) as copy,
    ):
        for batch in _batches(purchases, PURCHASES_AT_ONCE):
            for row in batch:
                copy.write_row(row)
            yield len(batch)


def open_purchases(org_id: UUID) -> Iterator[int]:
    """Each opened in the ledger, with the sessions used of it. Say how many they were."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [org_id])
        yield cursor.rowcount


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def _into(table: str, row: type[ClientRow] | type[PurchaseRow]) -> str:
    return f"COPY public.{table} ({', '.join(row._fields)}) FROM STDIN"
