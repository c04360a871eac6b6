"""Operations on clients, which client_events records: add and edit."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import psycopg
from django.db import IntegrityError

from purchases.database import SQL_DIR, fetch_one, fetch_values, read_statement
from purchases.member import ActorOfOrg, Member
from purchases.models import Client, ClientRequest, Refusal
from purchases.operations.commands import AddClient, ClientValues, EditClient
from purchases.operations.requests import CONFIRM_REPLAY, NO_EVENT, USED_BEFORE, Refused

LOGGER = logging.getLogger("studio.desk")
Operation = ClientRequest.Operation

ADD_CLIENT = read_statement(SQL_DIR / "claim_and_add_client.sql")
EDIT_CLIENT = read_statement(SQL_DIR / "claim_and_edit_client.sql")


class ClientRow(NamedTuple):
    """The result of a statement: whether the client changed or why not, and the event, or null."""

    done: bool | str | None
    event_id: int | None


def add_client(*, member: ActorOfOrg, command: AddClient) -> Client:
    """Add a client to the member's org, and return it.

    Its id is derived from the request id, so a retry finds the same client. Raise
    `Client.DoesNotExist` if the client of a retry was deleted since.
    """
    client_id = uuid5(command.request_id, "client")
    key = client_request_key(Operation.ADD_CLIENT, command.request_id, client_id, member)
    if run_client_claim(ADD_CLIENT, key, asdict(command.values)) is None:
        original_client_request(key)
    return Client.objects.get(pk=client_id)


def edit_client(*, member: Member, client: Client, command: EditClient) -> None:
    """Change the name, e-mail, phone number and notes of a client. The object is reloaded.

    Raise `Refused` if the client no longer has the values `command.before`, or was merged.
    """
    key = client_request_key(Operation.EDIT_CLIENT, command.request_id, client.pk, member)
    before = {f"{name}_before": value for name, value in asdict(command.before).items()}
    row = run_client_claim(EDIT_CLIENT, key, asdict(command.values) | before)
    is_done = row.done if row else original_client_request(key).events.exists()
    client.refresh_from_db()
    if not is_done:
        raise Refused(Refusal.CLIENT_CHANGED)


def values_of(client: Client) -> ClientValues:
    """Return the values of a client that a person can edit."""
    return ClientValues(client.full_name, client.email, client.phone, client.notes)


def client_request_key(
    operation: Operation, request_id: UUID, client_id: UUID, member: ActorOfOrg, **chosen: Any
) -> dict[str, Any]:
    """Return the columns that must be equal in every request with the same id."""
    return {
        "request_id": request_id,
        "operation": operation.value,
        "org_id": member.org_id,
        "client_id": client_id,
        "other_client_id": None,
        "event_id": None,
        "actor_id": member.user_id,
        **chosen,
    }


def run_client_claim(
    statement: str, key: dict[str, Any], values: dict[str, Any]
) -> ClientRow | None:
    """Run a statement that claims a request, and return its row. Return None if the id was claimed
    before.

    Raise `Refused` if a constraint of another program does not accept the values.
    """
    try:
        return fetch_one(statement, key | values, ClientRow)
    except IntegrityError as error:
        cause = error.__cause__
        rule = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else ""
        if rule == NO_EVENT:
            raise
        # Without the text of the error, which has the values.
        LOGGER.warning("%s of client %s violates %s", key["operation"], key["client_id"], rule)
        raise Refused(Refusal.OTHER_RULE) from error


def original_client_request(key: dict[str, Any]) -> ClientRequest:
    """Return the first request with the id. Raise `Refused` if it was for another action."""
    fetch_values(CONFIRM_REPLAY, {})
    # Row level security hides a request of another studio.
    original = ClientRequest.objects.filter(pk=key["request_id"]).first()
    if original is None or any(getattr(original, column) != value for column, value in key.items()):
        raise Refused(USED_BEFORE, "used_before")
    LOGGER.info("%s of client %s arrived again", key["operation"], key["client_id"])
    return original
