"""Lists of purchases that each get a session back because a class was cancelled.

Both tables are append-only. The list is stored before the first session is reinstated. The result
of each line is in the ledger, under the line's request id.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from django.conf import settings
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q

from purchases.models.catalogue import Org
from purchases.models.expiry import ExpiryEvent
from purchases.models.ledger import SessionEvent, SessionRequest
from purchases.models.purchase import Purchase


class CancelledClass(models.Model):
    """A list of purchases to reinstate, with an idempotency key that the form was rendered with."""

    id = models.UUIDField(primary_key=True)
    org = models.ForeignKey(Org, models.PROTECT, related_name="+", db_index=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    reason = models.TextField(choices=SessionRequest.Reason)
    note = models.TextField(db_default="")
    created_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        db_table = "cancelled_classes"
        verbose_name_plural = "cancelled classes"

    def __str__(self) -> str:
        return f"{self.reason} {self.id}"

    def request_id(self, purchase_id: UUID) -> UUID:
        """Return the request id for this purchase, derived from the list, so that a retry repeats
        it."""
        return uuid5(self.id, purchase_id.hex)


class LineQuerySet(models.QuerySet["CancelledClassLine"]):
    def left(self) -> LineQuerySet:
        """Return the lines that were not processed yet."""
        return self.filter(is_left())


class CancelledClassLine(models.Model):
    """One purchase of the list, with its request id."""

    request_id = models.UUIDField(primary_key=True)
    cancelled_class = models.ForeignKey(
        CancelledClass, models.PROTECT, related_name="lines", db_index=False
    )
    # No constraint, as in the ledger, because another program may delete the purchase.
    purchase = models.ForeignKey(
        Purchase, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )

    objects = LineQuerySet.as_manager()

    class Meta:
        db_table = "cancelled_class_lines"

    def __str__(self) -> str:
        return str(self.request_id)

    def undo_request_id(self, user_id: int) -> UUID:
        """Return the id of this user's request to undo the line, so that a retry repeats it.

        Each user has their own id, because an owner may undo what is refused to the staff.
        """
        return uuid5(self.request_id, f"undo by {user_id}")

    def extend_request_id(self, last_event: ExpiryEvent | None) -> UUID:
        """Return the id of the request to extend the purchase after its last expiry event.

        Two requests that saw the same expiry have the same id, so only one of them extends it.
        """
        return uuid5(self.request_id, f"extend after {last_event and last_event.pk}")


def is_left() -> Q:
    """Return a condition on lines: the purchase exists and its request was not processed yet."""
    requests = SessionRequest.objects.filter(pk=OuterRef("request_id"))
    purchases = Purchase.objects.filter(pk=OuterRef("purchase_id"))
    return Q(Exists(purchases)) & ~Q(Exists(requests))


def is_done() -> Exists:
    """Return a condition on lines: a session was reinstated."""
    return Exists(_events())


def is_undone() -> Exists:
    """Return a condition on lines: a session was reinstated, and this was undone."""
    return Exists(_events().exclude(reversed_by=None))


def _events() -> models.QuerySet[SessionEvent]:
    return SessionEvent.objects.filter(request_id=OuterRef("request_id"))
