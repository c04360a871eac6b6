"""Check each offer against offer_events."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from purchases.database import SQL_DIR, fetch_all, read_statement
from purchases.invariants.findings import (
    Finding,
    MissingEvent,
    UnexplainedRow,
    records_without_explanation,
)

SELECT_UNEXPLAINED = read_statement(SQL_DIR / "select_unexplained_offers.sql")
# The columns that record_offer_event records.
CURRENT = (
    "SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(offer)) WHERE key IN ("
    "'name', 'description', 'offer_type', 'price_cents', 'currency', 'sessions_included',"
    " 'bonus_sessions', 'pack_validity_days', 'is_active')"
)
LAST = (
    "(SELECT * FROM public.offer_events WHERE offer_id = offer.id ORDER BY id DESC LIMIT 1) AS last"
)


def _add(pk: UUID) -> str:
    """Return an INSERT of the missing event, which only the owner of the table may run."""
    return (
        "INSERT INTO public.offer_events (org_id, offer_id, kind, after, db_role)"  # noqa: S608
        f" SELECT org_id, id, 'added', ({CURRENT}), current_user"
        f" FROM public.offers AS offer WHERE id = '{pk}';"
    )


def _change(pk: UUID) -> str:
    return (
        "INSERT INTO public.offer_events (org_id, offer_id, kind, before, after, db_role)"  # noqa: S608
        f" SELECT offer.org_id, offer.id, 'changed', last.after, ({CURRENT}), current_user"
        f" FROM public.offers AS offer, LATERAL {LAST} WHERE offer.id = '{pk}';"
    )


def _delete(pk: UUID) -> str:
    return (
        "INSERT INTO public.offer_events (org_id, offer_id, kind, before, db_role)"  # noqa: S608
        " SELECT org_id, offer_id, 'deleted', after, current_user"
        f" FROM public.offer_events WHERE offer_id = '{pk}' ORDER BY id DESC LIMIT 1;"
    )


MISSING_EVENT = MissingEvent(created=_add, changed=_change, deleted=_delete)


def offers_that_their_events_do_not_explain() -> Iterator[Finding]:
    """Yield findings about offers. An org has few, so one query reads them all."""
    rows = fetch_all(SELECT_UNEXPLAINED, {}, UnexplainedRow)
    return records_without_explanation("offer", rows, MISSING_EVENT)
