"""The append-only ledger of offers.

A trigger writes an event whenever any program changes an offer, and the database refuses to change
or delete an event.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from purchases.models.catalogue import Offer


class OfferEvent(models.Model):
    """One change of an offer, written by a trigger."""

    class Kind(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        RETIRED = "retired", _("Retired")
        RESTORED = "restored", _("Brought back")
        DELETED = "deleted", _("Deleted")

    # No constraints, because the ledger outlives what it names.
    org_id = models.UUIDField()
    offer = models.ForeignKey(
        Offer, models.DO_NOTHING, related_name="events", db_constraint=False, db_index=False
    )
    kind = models.TextField(choices=Kind)
    # The columns of the offer by name.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    request_id = models.UUIDField(null=True)
    db_role = models.TextField()
    occurred_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        db_table = "offer_events"

    def __str__(self) -> str:
        return f"{self.kind} {self.offer_id}"
