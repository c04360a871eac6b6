"""What every operation shares: the claim of a request's id, and the answer that it got first."""

from typing import Any
from uuid import UUID

import psycopg
from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from purchases.models import Purchase, Refusal, SessionRequest

Operation = SessionRequest.Operation

# `asked` comes first because `claimed` reads from it: from there on, and until the transaction
# ends, the ledgers' triggers know the request, and a wait for a lock has an end.
CLAIM = """
    WITH asked AS (
        SELECT set_config('studio.request_id', (%(request_id)s::uuid)::text, true),
            set_config('lock_timeout', '3s', true)
    ), claimed AS (
        INSERT INTO public.session_requests
            (request_id, operation, purchase_id, event_id, actor_id, approved_by_id, reason, note,
            objection, extend_days, extend_until)
        SELECT %(request_id)s, %(operation)s, %(purchase_id)s, %(event_id)s, %(actor_id)s,
            %(approved_by_id)s, %(reason)s, %(note)s, %(objection)s, %(extend_days)s::int,
            %(extend_until)s::date
        FROM asked
        ON CONFLICT (request_id) DO NOTHING
        RETURNING request_id, objection
    )
"""
# OFFSET 0 keeps the act before the reading of what the trigger left: the event that it wrote.
LEDGER_ACT = """
    SELECT act.done, nullif(current_setting('{event}', true), '')::bigint
    FROM claimed, LATERAL (SELECT {function} AS done OFFSET 0) AS act
"""
REFUSE = "SELECT NULL, NULL::bigint FROM claimed"
USED_BEFORE = _("This button was used for something else. Reload the page, then press again.")


class Refused(Exception):
    """Nothing was changed. The text says why, to the person who asked."""


def asked_for(
    operation: SessionRequest.Operation,
    request_id: UUID,
    purchase: Purchase,
    actor_id: int,
    **chosen: Any,
) -> dict[str, Any]:
    """The columns that a second arrival of the id has to have in common with the first."""
    not_chosen = ["event_id", "approved_by_id", "extend_days", "extend_until"]
    return {
        "request_id": request_id,
        "operation": operation.value,
        "purchase_id": purchase.pk,
        "actor_id": actor_id,
        **dict.fromkeys(not_chosen),
        **chosen,
    }


def first_request(asked: dict[str, Any], purchase: Purchase) -> SessionRequest:
    """The request that came first under the id, with its event. The purchase carries what stands
    now. Raises `Refused` where the id was used for something else."""
    requests = SessionRequest.objects.select_related("event", "expiry_event")
    first = requests.get(pk=asked["request_id"])
    if any(getattr(first, column) != value for column, value in asked.items()):
        raise Refused(USED_BEFORE)
    purchase.refresh_counts()
    return first


def constraint_refusal(error: IntegrityError) -> Refusal:
    """What a constraint refused that the page could not know. Anything else is our mistake."""
    cause = error.__cause__
    assert isinstance(cause, psycopg.Error)
    match cause.diag.constraint_name:
        case "sessions_used_is_between_0_and_total":
            return Refusal.COUNT_IS_OFF
        case "an_event_is_reversed_once":
            return Refusal.TAKEN_BACK
        case _:
            raise error


def one_row(sql: str, params: dict[str, Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
