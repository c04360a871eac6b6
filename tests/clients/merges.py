"""Merge two records of one person, and undo it, as a member."""

from uuid import UUID, uuid4

from purchases import operations
from purchases.models import Client, ClientEvent
from purchases.operations.commands import MergeClient, UndoMerge
from studio.models import User


def merged_by(
    user: User, client: Client, other: Client, *take: str, request_id: UUID | None = None
) -> int:
    """Merge the other record into the client, and return the event."""
    command = MergeClient(request_id=request_id or uuid4(), take=take)
    member = user.membership
    return operations.merge_client(
        member=member, client=client, other=other, command=command
    ).event_id


def merge_undone_by(user: User, event_id: int) -> int:
    event = ClientEvent.objects.get(pk=event_id)
    command = UndoMerge(request_id=uuid4())
    return operations.undo_merge(member=user.membership, event=event, command=command).event_id
