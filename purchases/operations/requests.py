"""Claim a request's id, which is an idempotency key, and return the answer that it got first.

The statements that claim it are the files `claim_and_….sql` of purchases/sql.
"""

from typing import Any
from uuid import UUID

import psycopg
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from purchases.database import SQL_DIR, read_statement
from purchases.models import Purchase, Refusal, SessionRequest

Operation = SessionRequest.Operation

REFUSE = read_statement(SQL_DIR / "claim_and_refuse.sql")
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
