"""Operations on two records of one person: merge them, and undo it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from purchases.database import SQL_DIR, read_statement
from purchases.member import Member
from purchases.models import Client, ClientEvent, Refusal
from purchases.operations.clients import (
    Operation,
    client_request_key,
    original_client_request,
    run_client_claim,
)
from purchases.operations.commands import MergeClient, UndoMerge
from purchases.operations.requests import Refused

MERGE_CLIENT = read_statement(SQL_DIR / "claim_and_merge_client.sql")
UNDO_MERGE = read_statement(SQL_DIR / "claim_and_undo_merge.sql")


@dataclass(frozen=True)
class Merged:
    """The result of a request: the event on the record that was merged. A retry gets the same."""

    event_id: int


def merge_client(*, member: Member, client: Client, other: Client, command: MergeClient) -> Merged:
    """Merge the other record into the client: its purchases move, and its row stays as merged.

    Raise `Refused` if one of the two was merged already, or another record into the other one.
    """
    key = client_request_key(
        Operation.MERGE_CLIENT,
        command.request_id,
        client.pk,
        member,
        other_client_id=other.pk,
    )
    return _claim(MERGE_CLIENT, key, {"take": list(command.take)}, Refusal.MERGED_ALREADY)


def undo_merge(*, member: Member, event: ClientEvent, command: UndoMerge) -> Merged:
    """Undo a merge: the purchases that it moved go back, and both records are as before.

    Raise `Refused` if what it set has changed since, or if a member of the staff undoes it after 15
    minutes or undoes another person's merge. Owners may do both.
    """
    # A constraint holds that a merge has another client.
    assert event.other_client_id is not None
    key = client_request_key(
        Operation.UNDO_MERGE,
        command.request_id,
        event.other_client_id,
        member,
        other_client_id=event.client_id,
        event_id=event.pk,
    )
    refusal = event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any"))
    # The first answer to a known request stays, and the database refuses a second undo itself.
    if refusal in {Refusal.NOT_YOURS, Refusal.TOO_LATE}:
        raise Refused(refusal)
    return _claim(UNDO_MERGE, key, {}, Refusal.CHANGED_SINCE)


def _claim(
    statement: str, key: dict[str, Any], values: dict[str, Any], otherwise: Refusal
) -> Merged:
    row = run_client_claim(statement, key, values)
    if row and row.event_id:
        return Merged(row.event_id)
    original = original_client_request(key)
    event = original.events.filter(client_id=key["other_client_id"]).first()
    if event is None:
        raise Refused(Refusal(original.refusal or otherwise))
    return Merged(event.pk)
