"""Check the name, e-mail, phone, note, status and org of each client against client_events."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from purchases.database import SQL_DIR, fetch_all, read_statement
from purchases.invariants.findings import (
    Finding,
    Ids,
    MissingEvent,
    UnexplainedRow,
    records_without_explanation,
)
from purchases.models.client_event import RECORDED_OF_CLIENT

SELECT_UNEXPLAINED = read_statement(SQL_DIR / "select_unexplained_clients.sql")
COLUMNS = ", ".join(RECORDED_OF_CLIENT)
BEFORE = ", ".join(f"{column}_before" for column in RECORDED_OF_CLIENT)


def _open(pk: UUID) -> str:
    """Return an INSERT of the missing event, which only the owner of the table may run."""
    return (
        f"INSERT INTO public.client_events (client_id, kind, {COLUMNS}, db_role)"  # noqa: S608
        f" SELECT id, 'opened', {COLUMNS}, current_user FROM public.clients WHERE id = '{pk}';"
    )


def _correct(pk: UUID) -> str:
    recorded = ", ".join(f"last.{column}" for column in RECORDED_OF_CLIENT)
    current = ", ".join(f"client.{column}" for column in RECORDED_OF_CLIENT)
    return (
        f"INSERT INTO public.client_events (client_id, kind, {BEFORE}, {COLUMNS}, db_role)"  # noqa: S608
        f" SELECT client.id, 'corrected', {recorded}, {current}, current_user"
        " FROM public.clients AS client, LATERAL (SELECT * FROM public.client_events"
        " WHERE client_id = client.id ORDER BY id DESC LIMIT 1) AS last"
        f" WHERE client.id = '{pk}';"
    )


def _delete(pk: UUID) -> str:
    return (
        f"INSERT INTO public.client_events (org_id, client_id, kind, {BEFORE}, db_role)"  # noqa: S608
        f" SELECT org_id, client_id, 'deleted', {COLUMNS}, current_user"
        f" FROM public.client_events WHERE client_id = '{pk}' ORDER BY id DESC LIMIT 1;"
    )


MISSING_EVENT = MissingEvent(created=_open, changed=_correct, deleted=_delete)


def clients_that_their_events_do_not_explain(ids: Ids) -> Iterator[Finding]:
    params = {"after": ids.after, "last": ids.last}
    rows = fetch_all(SELECT_UNEXPLAINED, params, UnexplainedRow)
    return records_without_explanation("client", rows, MISSING_EVENT)
