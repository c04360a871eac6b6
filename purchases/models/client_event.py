"""The append-only ledger of clients, an audit log: requests of people, and events.

A trigger writes an event whenever any program changes a client. The database refuses to change or
delete an event, but `erase_client` in SQL empties the personal values of a client's events.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from purchases.models.catalogue import Client
from purchases.models.ledger import staff_undo_refusal
from purchases.models.refusals import Refusal

# The status of a record that was merged into another one.
MERGED = "merged"

# The recorded columns. Each has a twin, `…_before`, with the value before the event.
RECORDED_OF_CLIENT = ["org_id", "full_name", "email", "phone", "notes", "status"]


class ClientRequest(models.Model):
    """A change of a client that a person requested. The page makes its id before the click."""

    class Operation(models.TextChoices):
        ADD_CLIENT = "add_client", _("Add client")
        EDIT_CLIENT = "edit_client", _("Edit client")
        MERGE_CLIENT = "merge_client", _("Merge clients")
        UNDO_MERGE = "undo_merge", _("Undo merge")
        IMPORT = "import", _("Import")
        UNDO_IMPORT = "undo_import", _("Undo import")

    request_id = models.UUIDField(primary_key=True)
    operation = models.TextField(choices=Operation)
    org_id = models.UUIDField()
    # In a merge, the client that is kept, and the one that is merged into it.
    client_id = models.UUIDField()
    other_client_id = models.UUIDField(null=True)
    # The event of the merge that is undone.
    event_id = models.BigIntegerField(null=True)
    # The file of an import.
    file_name = models.TextField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    refusal = models.TextField(null=True, choices=Refusal)
    asked_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        db_table = "client_requests"

    def __str__(self) -> str:
        return f"{self.operation} {self.request_id}"


class MergedClient(models.Model):
    """A record that was merged into another client. Functions of the database write it."""

    client = models.OneToOneField(
        Client, models.DO_NOTHING, related_name="merged_into", primary_key=True
    )
    kept_client = models.ForeignKey(
        Client, models.DO_NOTHING, related_name="merged_records", db_index=False
    )

    class Meta:
        db_table = "merged_clients"

    def __str__(self) -> str:
        return str(self.client_id)


class ClientEvent(models.Model):
    """One change of a client, written by a trigger."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened")
        ADDED = "added", _("Added")
        EDITED = "edited", _("Edited")
        CORRECTED = "corrected", _("Corrected")
        MERGED = "merged", _("Merged")
        UNMERGED = "unmerged", _("Merge undone")
        ERASED = "erased", _("Erased")
        DELETED = "deleted", _("Deleted")

    # Without foreign keys, because the ledger outlives the client.
    org_id = models.UUIDField()
    client_id = models.UUIDField()
    kind = models.TextField(choices=Kind)
    org_id_before = models.UUIDField(null=True)
    full_name_before = models.TextField(null=True)
    full_name = models.TextField(null=True)
    email_before = models.TextField(null=True)
    email = models.TextField(null=True)
    phone_before = models.TextField(null=True)
    phone = models.TextField(null=True)
    notes_before = models.TextField(null=True)
    notes = models.TextField(null=True)
    status_before = models.TextField(null=True)
    status = models.TextField(null=True)
    # The other client of a merge.
    other_client = models.ForeignKey(
        Client,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    request = models.ForeignKey(
        ClientRequest, models.DO_NOTHING, related_name="events", null=True, db_index=False
    )
    reverses = models.OneToOneField(
        "self", models.DO_NOTHING, related_name="reversed_by", null=True
    )
    db_role = models.TextField()
    occurred_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    # The time when the personal values were emptied.
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "client_events"

    def __str__(self) -> str:
        return f"{self.kind} {self.client_id}"

    @property
    def is_merge_away(self) -> bool:
        """Return whether it merged its client into another one, and not the other way round."""
        return self.kind == self.Kind.MERGED and self.status == MERGED

    def undo_refusal(self, *, user_id: int, however_late: bool) -> Refusal | None:
        """Return why this user can't undo this merge, or None.

        The database checks again, because the clients may have changed.
        """
        if not however_late and (refusal := staff_undo_refusal(self, user_id)):
            return refusal
        return Refusal.UNDONE if hasattr(self, "reversed_by") else None
