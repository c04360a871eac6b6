"""Imports of files of other programs, with their planned rows.

A plan is stored before its first row is written. The ids of its requests derive from the import, so
that a retry writes nothing twice.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from django.conf import settings
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from purchases.models.catalogue import Client, Org
from purchases.models.purchase import Purchase


class Import(models.Model):
    """A file, what the owner chose for it, and how far its rows are written."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Not imported yet")
        WRITING = "writing", _("Being imported")
        DONE = "done", _("Imported")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    id = models.UUIDField(primary_key=True)
    org = models.ForeignKey(Org, models.PROTECT, related_name="+", db_index=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    file_name = models.TextField()
    # The file, until its rows are planned.
    content = models.BinaryField(null=True)
    content_hash = models.TextField()
    choices = models.JSONField(default=dict)
    # The preview of a draft. `prepared` reads and writes it.
    plan = models.JSONField(null=True)
    state = models.TextField(choices=State, db_default="draft")
    # The offers to add: id, name and sessions.
    offers = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    rows_total = models.IntegerField(db_default=0)
    rows_done = models.IntegerField(db_default=0)
    packs_kept = models.IntegerField(db_default=0)
    clients_kept = models.IntegerField(db_default=0)
    created_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    started_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "imports"

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.WRITING, self.State.UNDOING)

    @property
    def percent(self) -> int:
        """Return how much of the writing, or of the undo, is done."""
        done = self.rows_done if self.state != self.State.UNDOING else self.rows_left
        return 100 * done // self.rows_total if self.rows_total else 100

    @property
    def rows_left(self) -> int:
        return self.rows_total - self.rows_done

    def request_id(self, position: int) -> UUID:
        """Return the id of the request that imports a planned row, so that a retry repeats it."""
        return uuid5(self.id, f"row {position}")

    def client_request_id(self, position: int) -> UUID:
        """Return the id of the request that adds the client of a planned row."""
        return uuid5(self.id, f"client of row {position}")


class ImportRow(models.Model):
    """A planned row: a client to add or an existing one, and a purchase to add if it has one."""

    pk = models.CompositePrimaryKey("import_of", "position")
    import_of = models.ForeignKey(
        Import, models.PROTECT, related_name="rows", db_index=False, db_column="import_id"
    )
    position = models.IntegerField()
    row_number = models.IntegerField()
    org_id = models.UUIDField()
    # No constraints, because the row is planned before the client and the purchase exist.
    client = models.ForeignKey(
        Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    adds_client = models.BooleanField()
    # The request that adds the client.
    client_request_id = models.UUIDField(null=True)
    # The contact of a client to add. It is removed when the row is written.
    full_name = models.TextField(null=True)
    email = models.TextField(null=True)
    phone = models.TextField(null=True)
    notes = models.TextField(null=True)
    external_id = models.TextField(null=True)
    request_id = models.UUIDField(null=True)
    purchase = models.ForeignKey(
        Purchase,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    offer_id = models.UUIDField(null=True)
    sessions_total = models.IntegerField(null=True)
    sessions_used = models.IntegerField(null=True)
    amount_paid_cents = models.IntegerField(null=True)
    currency = models.TextField(null=True)
    purchased_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import_rows"

    def __str__(self) -> str:
        return f"{self.import_of_id} {self.position}"
