"""Check what was bought, by whom and how it was paid against purchase_events."""

from collections.abc import Iterator
from uuid import UUID

from purchases.database import SQL_DIR, fetch_all, read_statement
from purchases.invariants.findings import (
    Finding,
    Ids,
    MissingEvent,
    UnexplainedRow,
    records_without_explanation,
    reversed_twice,
)
from purchases.models import PurchaseEvent
from purchases.models.purchase_event import RECORDED

SELECT_UNEXPLAINED = read_statement(SQL_DIR / "select_unexplained_purchases.sql")


def changes_undone_twice(ids: Ids) -> Iterator[Finding]:
    yield from reversed_twice(PurchaseEvent, ids, "a_purchase_event_is_undone_once")


def _open(pk: UUID) -> str:
    """Return an INSERT of the missing event, which only the owner of the table may run."""
    columns = ", ".join(RECORDED)
    return (
        f"INSERT INTO public.purchase_events (purchase_id, kind, {columns}, expires_at, db_role)"  # noqa: S608
        f" SELECT id, 'opened', {columns}, expires_at, current_user"
        f" FROM public.client_purchases WHERE id = '{pk}';"
    )


def _correct(pk: UUID) -> str:
    before = ", ".join(f"{column}_before" for column in RECORDED)
    columns = ", ".join(RECORDED)
    recorded = ", ".join(f"last.{column}" for column in RECORDED)
    current = ", ".join(f"purchase.{column}" for column in RECORDED)
    return (
        f"INSERT INTO public.purchase_events (purchase_id, kind, {before}, {columns}, db_role)"  # noqa: S608
        f" SELECT purchase.id, 'corrected', {recorded}, {current}, current_user"
        " FROM public.client_purchases AS purchase, LATERAL (SELECT * FROM public.purchase_events"
        " WHERE purchase_id = purchase.id ORDER BY id DESC LIMIT 1) AS last"
        f" WHERE purchase.id = '{pk}';"
    )


def _delete(pk: UUID) -> str:
    before = ", ".join(f"{column}_before" for column in RECORDED)
    columns = ", ".join(RECORDED)
    return (
        f"INSERT INTO public.purchase_events (org_id, purchase_id, kind, {before}, db_role)"  # noqa: S608
        f" SELECT org_id, purchase_id, 'deleted', {columns}, current_user"
        f" FROM public.purchase_events WHERE purchase_id = '{pk}' ORDER BY id DESC LIMIT 1;"
    )


MISSING_EVENT = MissingEvent(created=_open, changed=_correct, deleted=_delete)


def purchases_that_their_events_do_not_explain(ids: Ids) -> Iterator[Finding]:
    params = {"after": ids.after, "last": ids.last}
    rows = fetch_all(SELECT_UNEXPLAINED, params, UnexplainedRow)
    return records_without_explanation("purchase", rows, MISSING_EVENT)
