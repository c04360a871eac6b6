"""The history of a client: every change of its values, by whatever program."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext

from purchases.member import Member
from purchases.models import Client, ClientEvent

MAX_SHOWN = 100


@dataclass(frozen=True)
class ChangedField:
    """A value of a client that an event changed. An erased value is None."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ClientChange:
    """A line of a client's history."""

    event: ClientEvent
    fields: list[ChangedField]
    # The other record of a merge, as it is called in the line.
    other_name: str = ""
    can_be_undone: bool = False


def client_changes(client: Client, member: Member) -> list[ClientChange]:
    """Return the newest changes of a client, at most MAX_SHOWN, newest first.

    A merge is one line: the event of the record that was merged, with the values that the kept
    client got.
    """
    events = list(
        ClientEvent.objects.filter(Q(client_id=client.pk) | Q(other_client=client))
        .filter(org_id=client.org_id)
        .select_related("request__actor", "other_client", "reversed_by")
        .order_by("-pk")[:MAX_SHOWN]
    )
    own = {event.request_id: event for event in events if event.client_id == client.pk}
    of_others = {event.request_id for event in events if event.client_id != client.pk}
    changes = []
    for event in events:
        if event.client_id != client.pk:
            kept = own.get(event.request_id)
            fields = changed_fields(kept) if kept else []
            can_undo = event.is_merge_away and _can_undo(event, member)
            changes.append(ClientChange(event, fields, event.full_name or "–", can_undo))
        elif event.request_id is None or event.request_id not in of_others:
            name = str(event.other_client) if event.other_client else ""
            changes.append(ClientChange(event, changed_fields(event), name))
    return changes


def _can_undo(event: ClientEvent, member: Member) -> bool:
    refusal = event.undo_refusal(user_id=member.user_id, however_late=member.may("undo_any"))
    return member.may("edit_clients") and not refusal


def changed_fields(event: ClientEvent) -> list[ChangedField]:
    """Return what an event changed, with the values before and after it."""
    pairs = [
        (gettext("Name"), event.full_name_before, event.full_name),
        (gettext("E-mail"), event.email_before, event.email),
        (gettext("Phone"), event.phone_before, event.phone),
        (gettext("Note"), event.notes_before, event.notes),
        (gettext("Status"), event.status_before, event.status),
    ]
    is_new = event.org_id_before is None and event.status == "active"
    if is_new or event.other_client_id:
        # Every new client is active, and the kind of the event says that it merged the client.
        pairs.pop()
    return [
        ChangedField(label, before or "–", after or "–")
        for label, before, after in pairs
        if before != after
    ]
