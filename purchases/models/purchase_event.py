"""The append-only ledger of purchases: what was bought, by whom, and how it was paid.

A trigger writes an event whenever any program changes one of these columns, and the database
refuses to change or delete an event. With the ledgers of counts and of expiries, it rebuilds a
purchase as it stood at any time (`purchase_as_of` in SQL).
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from purchases.models.catalogue import Client, Offer, Org
from purchases.models.client_event import ClientRequest
from purchases.models.fields import ClampedDateTimeField
from purchases.models.ledger import SessionRequest, staff_undo_refusal
from purchases.models.purchase import Purchase
from purchases.models.refusals import Refusal

# The recorded columns. Each has a twin, `…_before`, with the value before the event.
RECORDED = [
    "org_id",
    "client_id",
    "offer_id",
    "sessions_total",
    "amount_paid_cents",
    "currency",
    "payment_status",
    "payment_method",
    "purchased_at",
    "created_at",
]


def _unchecked_key(model: type[models.Model], column: str) -> models.ForeignKey[Any, Any]:
    """Return a foreign key without a constraint, because the ledger outlives the row."""
    return models.ForeignKey(
        model,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        db_column=column,
        db_constraint=False,
        db_index=False,
    )


class PurchaseEvent(models.Model):
    """One change of a purchase, written by a trigger."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened")
        SOLD = "sold", _("Sold")
        CORRECTED = "corrected", _("Corrected")
        TRANSFERRED = "transferred", _("Transferred")
        REFUNDED = "refunded", _("Refunded")
        PAID = "paid", _("Paid")
        UNDONE = "undone", _("Undone")
        MERGED = "merged", _("Merged")
        UNMERGED = "unmerged", _("Merge undone")
        DELETED = "deleted", _("Deleted")

    # The kinds that a person can undo, if a person requested them.
    UNDOABLE = [Kind.SOLD, Kind.CORRECTED, Kind.TRANSFERRED, Kind.REFUNDED, Kind.PAID]

    org = models.ForeignKey(
        Org, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    purchase = models.ForeignKey(
        Purchase,
        models.DO_NOTHING,
        related_name="purchase_events",
        db_constraint=False,
        db_index=False,
    )
    kind = models.TextField(choices=Kind)
    org_id_before = models.UUIDField(null=True)
    client_before = _unchecked_key(Client, "client_id_before")
    client = _unchecked_key(Client, "client_id")
    offer_before = _unchecked_key(Offer, "offer_id_before")
    offer = _unchecked_key(Offer, "offer_id")
    sessions_total_before = models.IntegerField(null=True)
    sessions_total = models.IntegerField(null=True)
    amount_paid_cents_before = models.IntegerField(null=True)
    amount_paid_cents = models.IntegerField(null=True)
    currency_before = models.TextField(null=True)
    currency = models.TextField(null=True)
    payment_status_before = models.TextField(null=True)
    payment_status = models.TextField(null=True)
    payment_method_before = models.TextField(null=True)
    payment_method = models.TextField(null=True)
    purchased_at_before = ClampedDateTimeField(null=True)
    purchased_at = ClampedDateTimeField(null=True)
    created_at_before = ClampedDateTimeField(null=True)
    created_at = ClampedDateTimeField(null=True)
    # The expiry when the ledger of the purchase began.
    expires_at = ClampedDateTimeField(null=True)
    request = models.OneToOneField(
        SessionRequest, models.DO_NOTHING, related_name="purchase_event", null=True
    )
    # The request that merged two clients, or undid it, and so moved the purchase.
    client_request = models.ForeignKey(
        ClientRequest,
        models.DO_NOTHING,
        related_name="purchase_events",
        null=True,
        db_index=False,
    )
    reverses = models.OneToOneField(
        "self", models.DO_NOTHING, related_name="reversed_by", null=True
    )
    db_role = models.TextField()
    occurred_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        db_table = "purchase_events"

    def __str__(self) -> str:
        return f"{self.kind} {self.purchase_id}"

    def undo_refusal(self, *, user_id: int, however_late: bool) -> Refusal | None:
        """Return why this user can't undo this event, or None.

        The database checks again, because the purchase may have changed.
        """
        if not however_late and (refusal := staff_undo_refusal(self, user_id)):
            return refusal
        if hasattr(self, "reversed_by"):
            return Refusal.UNDONE
        return self._changed_since()

    @property
    def changes_client(self) -> bool:
        return self.client_before_id is not None and self.client_id != self.client_before_id

    @property
    def is_transfer(self) -> bool:
        """Return whether it is a transfer or the undo of one."""
        kinds = (self.Kind.TRANSFERRED, self.Kind.UNDONE)
        return self.kind in kinds and self.changes_client

    @property
    def changes_total(self) -> bool:
        return self.sessions_total != self.sessions_total_before

    @property
    def changes_payment(self) -> bool:
        return self.payment_status != self.payment_status_before

    def overlaps(self, other: PurchaseEvent) -> bool:
        """Return whether both changed the same of the columns that an undo sets. A sale set all of
        them."""
        return (
            self.kind == self.Kind.SOLD
            or (self.changes_client and other.changes_client)
            or (self.changes_total and other.changes_total)
            or (self.changes_payment and other.changes_payment)
        )

    def _changed_since(self) -> Refusal | None:
        """Return the refusal if the purchase no longer has what this event set, or None. As in the
        SQL function lock_and_check_undo_change."""
        now = self.purchase
        if self.kind == self.Kind.SOLD:
            return self._changed_since_the_sale()
        if self.changes_client and now.client_id != self.client_id:
            return Refusal.CHANGED_SINCE
        if self.changes_total and now.sessions_total != self.sessions_total:
            return Refusal.CHANGED_SINCE
        if self.changes_payment and now.payment_status != self.payment_status:
            return Refusal.CHANGED_SINCE
        if self.changes_total and (now.sessions_used or 0) > (self.sessions_total_before or 0):
            return Refusal.USED_SINCE
        return None

    def _changed_since_the_sale(self) -> Refusal | None:
        now, refunded = self.purchase, self.purchase.PaymentStatus.REFUNDED
        is_as_sold = (
            now.client_id == self.client_id
            and now.sessions_total == self.sessions_total
            and now.payment_status == self.payment_status != refunded
        )
        if not is_as_sold:
            return Refusal.CHANGED_SINCE
        return Refusal.SALE_USED if now.sessions_used else None
