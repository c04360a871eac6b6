"""Claim a request's id, which is an idempotency key, and return the answer that it got first.

The statements that claim an id are the files `claim_and_….sql` in purchases/sql/.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from purchases.database import SQL_DIR, Row, fetch_one, fetch_values, read_statement
from purchases.models import Purchase, Refusal, SessionRequest

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LOGGER = logging.getLogger("studio.desk")
Operation = SessionRequest.Operation

CONFIRM_REPLAY = read_statement(SQL_DIR / "confirm_replay.sql")
REFUSE = read_statement(SQL_DIR / "claim_and_refuse.sql")
# The constraint of an error that a statement raises if its change has no event of its request.
# Another program replaced a function or a trigger. The error is not a refusal, and leads to a page
# that says so.
NO_EVENT = "a_change_has_an_event"
USED_BEFORE = _("This button was used for something else. Reload the page, then press again.")


class Refused(Exception):
    """The operation changed nothing. The text tells the person why, and `code` the log."""

    def __init__(self, reason: Refusal | StrPromise | str, code: str = "") -> None:
        super().__init__(reason.label if isinstance(reason, Refusal) else reason)
        self.code = reason.value if isinstance(reason, Refusal) else code

    @property
    def needs_attention(self) -> bool:
        """Return whether a row or a program is wrong, rather than a person late."""
        return self.code in {Refusal.COUNT_IS_OFF.value, "used_before"}


def request_key(
    operation: SessionRequest.Operation,
    request_id: UUID,
    purchase: Purchase,
    actor_id: int,
    **chosen: Any,
) -> dict[str, Any]:
    """Return the columns that must be equal in every request with the same id."""
    optional = ["event_id", "approved_by_id", "extend_days", "extend_until", "adjust_by"]
    optional += ["to_client_id", "to_purchase_id", "offer_id", "refund_cents"]
    return {
        "request_id": request_id,
        "operation": operation.value,
        "purchase_id": purchase.pk,
        "actor_id": actor_id,
        **dict.fromkeys(optional),
        **chosen,
    }


def run_claim(
    statement: str,
    key: dict[str, Any],
    refusal: Refusal | None,
    row_type: Callable[..., Row],
    *,
    reason: str | None = None,
    note: str = "",
    **params: Any,
) -> Row | None:
    """Run a statement that claims a request, and return its row. Return None if the id was claimed
    before.

    If only the page checks the refusal, the statement that stores it runs instead. Raise `Refused`
    if the change violates a constraint, such as that of a purchase with more sessions used than
    bought. Nothing is stored then.
    """
    values = {"reason": reason, "note": note, "refusal": refusal and refusal.value, **params}
    if refusal and refusal.is_decided_by_the_page:
        statement = REFUSE
    try:
        return fetch_one(statement, key | values, row_type)
    except IntegrityError as error:
        raise Refused(constraint_refusal(error)) from error


def original_request(key: dict[str, Any], purchase: Purchase) -> SessionRequest:
    """Return the first request with the id, with its event, and reload the purchase's counts.

    Raise `Refused` if the id was used for another action, purchase or person.
    """
    original = check_same_request(key)
    LOGGER.info("%s of purchase %s arrived again", key["operation"], key["purchase_id"])
    purchase.refresh_counts()
    return original


def check_same_request(key: dict[str, Any]) -> SessionRequest:
    """Return the first request with the id. Raise `Refused` if it was for another action.

    Row level security hides a request of another studio. Raise an error of the connection if a
    synchronous standby does not confirm the request.
    """
    fetch_values(CONFIRM_REPLAY, {})
    requests = SessionRequest.objects.select_related("expiry_event", "purchase_event")
    original = requests.filter(pk=key["request_id"]).first()
    if original is None or any(getattr(original, column) != value for column, value in key.items()):
        raise Refused(USED_BEFORE, "used_before")
    return original


def constraint_refusal(error: IntegrityError) -> Refusal:
    """Return the refusal of a violated constraint. Raise any other integrity error again."""
    cause = error.__cause__
    assert isinstance(cause, psycopg.Error)
    match cause.diag.constraint_name:
        case "sessions_used_is_between_0_and_total":
            return Refusal.COUNT_IS_OFF
        case "an_event_is_reversed_once":
            return Refusal.ALREADY_REINSTATED
        case _:
            raise error
