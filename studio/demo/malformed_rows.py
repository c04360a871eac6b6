"""What other programs leave in the tables, and the desk has to show all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from studio.demo.builder import StudioBuilder
from studio.demo.studios import Story

COUNTS_ARE_HELD = "sessions_used_is_between_0_and_total"
COUNTS = f"""CONSTRAINT {COUNTS_ARE_HELD}
    CHECK (sessions_used >= 0 AND (sessions_total IS NULL OR sessions_used <= sessions_total))
    NOT VALID"""


def add_malformed_rows(builder: StudioBuilder) -> None:
    """Counts that are missing or impossible, times in the wrong order, a client out of reach."""
    uncounted = builder.add_purchase(Story(12, "Hamish Orr", "10-class pack"))
    uncounted.sessions_used = None

    overdrawn = builder.add_purchase(Story(16, "Lowanna Briggs", "10-class pack"))
    overdrawn.sessions_used = 12

    without_total = builder.add_purchase(Story(21, "Bernadette Quill", "20-class pack", 3))
    without_total.sessions_total = None

    without_status = builder.add_purchase(Story(26, "Cédric Delamare", "5-class pack", 1))
    without_status.payment_status = None

    expired_before = builder.add_purchase(Story(33, "Tallulah Finch", "10-class pack"))
    expired_before.expires_at = expired_before.purchased_at - timedelta(days=3)

    out_of_reach = builder.add_purchase(Story(41, "Perpetua", "Single class"))
    out_of_reach.client.email = out_of_reach.client.phone = None


@contextmanager
def without_count_constraint() -> Iterator[None]:
    """For rows that are older than the constraint on their count, which holds again afterwards
    for every row but these. Inside a transaction, and for the owner of the table."""
    with connection.schema_editor() as editor:
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute(f"ALTER TABLE client_purchases DROP CONSTRAINT {COUNTS_ARE_HELD}")
        yield
        editor.execute(f"ALTER TABLE client_purchases ADD {COUNTS}")
