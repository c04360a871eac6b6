"""The append-only ledger of expiries.

A trigger writes an event whenever any program changes an expiry, and the database refuses to change
or delete an event. A purchase has no event before its expiry changes.
"""

from django.db import models
from django.db.models import Func
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from purchases.days import last_moment
from purchases.models.catalogue import Org
from purchases.models.fields import ClampedDateTimeField
from purchases.models.ledger import SessionRequest, staff_undo_refusal
from purchases.models.purchase import Purchase
from purchases.models.refusals import Refusal


class ExpiryEvent(models.Model):
    """One change of an expiry, written by a trigger."""

    class Kind(models.TextChoices):
        EXTENDED = "extended", _("Extended")
        UNDONE = "undone", _("Undone")
        CORRECTED = "corrected", _("Corrected")

    org = models.ForeignKey(
        Org, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    purchase = models.ForeignKey(
        Purchase,
        models.DO_NOTHING,
        related_name="expiry_events",
        db_constraint=False,
        db_index=False,
    )
    kind = models.TextField(choices=Kind)
    # Null means that the purchase never expires.
    expires_before = ClampedDateTimeField(null=True)
    expires_at = ClampedDateTimeField(null=True)
    request = models.OneToOneField(
        SessionRequest, models.DO_NOTHING, related_name="expiry_event", null=True
    )
    reverses = models.OneToOneField(
        "self", models.DO_NOTHING, related_name="reversed_by", null=True
    )
    db_role = models.TextField()
    occurred_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        db_table = "expiry_events"

    def __str__(self) -> str:
        if self.expires_at is None:
            return self.kind
        return f"{self.kind} {timezone.localdate(last_moment(self.expires_at))}"

    def undo_refusal(self, *, user_id: int, however_late: bool) -> Refusal | None:
        """Return why this user can't undo this extension, or None.

        The database checks again, because a later event may exist.
        """
        if not however_late and (refusal := staff_undo_refusal(self, user_id)):
            return refusal
        if hasattr(self, "reversed_by") or self.purchase.expires_at != self.expires_at:
            return Refusal.EXPIRY_CHANGED
        return None
