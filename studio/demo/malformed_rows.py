"""Malformed rows as other programs leave them, which the desk must show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from studio.demo.builder import StudioBuilder
from studio.demo.studios import Story

COUNT_CONSTRAINT = "sessions_used_is_between_0_and_total"
ADD_CONSTRAINT = f"""CONSTRAINT {COUNT_CONSTRAINT}
    CHECK (sessions_used >= 0 AND (sessions_total IS NULL OR sessions_used <= sessions_total))
    NOT VALID"""
# As in the migration.
COMMENT = "Studio: the number of used sessions is between 0 and the number of bought sessions."


def add_malformed_rows(builder: StudioBuilder) -> None:
    """Add missing and impossible counts, times in the wrong order, and a client without contact."""
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
    """Drop the constraint on counts, and add it back NOT VALID at the end.

    Use it in a transaction, as the owner of the table.
    """
    with connection.schema_editor() as editor:
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute(f"ALTER TABLE client_purchases DROP CONSTRAINT {COUNT_CONSTRAINT}")
        yield
        editor.execute(f"ALTER TABLE client_purchases ADD {ADD_CONSTRAINT}")
        editor.execute(
            f"COMMENT ON CONSTRAINT {COUNT_CONSTRAINT} ON client_purchases IS '{COMMENT}'"
        )
