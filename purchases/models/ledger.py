"""The append-only ledger of used counts, an audit log: requests of people, and events.

A trigger writes an event whenever any program changes a count. The database refuses to change or
delete a request or an event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from purchases import clock
from purchases.models.catalogue import Client, Org
from purchases.models.purchase import Purchase
from purchases.models.refusals import Refusal

STAFF_MAY_UNDO_FOR = timedelta(minutes=15)


class SessionRequest(models.Model):
    """An action that a person requested. Its id is the idempotency key, generated with the page.

    A request without an event was refused.
    """

    class Operation(models.TextChoices):
        REINSTATE = "reinstate", _("Reinstate")
        USE = "use", _("Use")
        UNDO = "undo", _("Undo")
        EXTEND = "extend", _("Extend")
        UNDO_EXTENSION = "undo_extension", _("Undo extension")
        CORRECT_EXPIRY = "correct_expiry", _("Correct expiry")
        CORRECT_USED = "correct_used", _("Correct used sessions")
        CORRECT_TOTAL = "correct_total", _("Correct bought sessions")
        TRANSFER = "transfer", _("Transfer")
        MOVE_USE = "move_use", _("Move use")
        UNDO_MOVE = "undo_move", _("Undo move")
        REFUND = "refund", _("Refund")
        RECEIVE_PAYMENT = "receive_payment", _("Payment received")
        SELL = "sell", _("Sell")
        UNDO_CHANGE = "undo_change", _("Undo change")
        IMPORT = "import", _("Import")
        UNDO_IMPORT = "undo_import", _("Undo import")

    class Reason(models.TextChoices):
        CLASS_CANCELLED = "class_cancelled", _("Class cancelled")
        CHECKED_IN_BY_MISTAKE = "checked_in_by_mistake", _("Checked in by mistake")
        LATE_CANCEL_FORGIVEN = "late_cancel_forgiven", _("Late cancel forgiven")
        INSTRUCTOR_ABSENT = "instructor_absent", _("Instructor absent")
        OTHER = "other", _("Other")

    request_id = models.UUIDField(primary_key=True)
    operation = models.TextField(choices=Operation)
    # No foreign key constraint, because the ledger keeps rows of deleted purchases.
    purchase = models.ForeignKey(
        Purchase, models.DO_NOTHING, related_name="requests", db_constraint=False, db_index=False
    )
    # The chosen event. To undo an extension it is the id of an ExpiryEvent, and to undo a change
    # the id of a PurchaseEvent.
    event_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    # The owner who approved a reinstatement beyond the allowance.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    reason = models.TextField(null=True, choices=Reason)
    note = models.TextField(db_default="")
    refusal = models.TextField(null=True, choices=Refusal)
    # An extension has one of the two.
    extend_days = models.IntegerField(null=True)
    extend_until = models.DateField(null=True)
    # By how many sessions a correction changes the used or the bought ones.
    adjust_by = models.IntegerField(null=True)
    # The client who gets a transferred or sold purchase.
    to_client = models.ForeignKey(
        Client,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    # The purchase to which a use is moved.
    to_purchase = models.ForeignKey(
        Purchase,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    # The offer of a sale.
    offer_id = models.UUIDField(null=True)
    refund_cents = models.IntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        db_table = "session_requests"

    def __str__(self) -> str:
        return f"{self.operation} {self.request_id}"

    @property
    def event(self) -> SessionEvent | None:
        """Return the event on the request's own purchase. A move has one on another, too."""
        events = self.events.all()
        return next((event for event in events if event.purchase_id == self.purchase_id), None)


class SessionEventQuerySet(models.QuerySet["SessionEvent"]):
    def open_uses(self) -> SessionEventQuerySet:
        """Return the uses that no later event reverses."""
        return self.filter(kind__in=SessionEvent.COUNTS_AS_USE, delta=1, reversed_by=None)


class SessionEvent(models.Model):
    """One change of a used count, written by a trigger."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened")
        USED = "used", _("Used")
        REINSTATED = "reinstated", _("Reinstated")
        MOVED = "moved", _("Moved")
        UNDONE = "undone", _("Undone")
        CORRECTED = "corrected", _("Corrected")
        DELETED = "deleted", _("Deleted")

    # These kinds are uses if they add a session: undoing a reinstatement counts as a use, which
    # another reinstatement can reverse, and so does a use that was moved here.
    COUNTS_AS_USE = [Kind.USED, Kind.UNDONE, Kind.MOVED]

    org = models.ForeignKey(
        Org, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    purchase = models.ForeignKey(
        Purchase, models.DO_NOTHING, related_name="events", db_constraint=False, db_index=False
    )
    kind = models.TextField(choices=Kind)
    delta = models.IntegerField()
    sessions_used = models.IntegerField(null=True)
    request = models.ForeignKey(
        SessionRequest, models.DO_NOTHING, related_name="events", null=True, db_index=False
    )
    reverses = models.OneToOneField(
        "self", models.DO_NOTHING, related_name="reversed_by", null=True
    )
    db_role = models.TextField()
    occurred_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    objects = SessionEventQuerySet.as_manager()

    class Meta:
        db_table = "session_events"
        indexes = [
            # For the sessions that were given back today.
            models.Index(
                fields=["org", "occurred_at"],
                condition=Q(kind="reinstated"),
                name="session_events_reinstated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.delta:+d}"

    @property
    def used_before(self) -> int | None:
        """Return the count before the event. A missing count counts as 0."""
        return None if self.kind == self.Kind.OPENED else (self.sessions_used or 0) - self.delta

    @property
    def is_open_use(self) -> bool:
        """Return whether it is a use that no later event reverses."""
        is_use = self.kind in self.COUNTS_AS_USE and self.delta == 1
        return is_use and not hasattr(self, "reversed_by")

    @classmethod
    def is_undoable(cls) -> Q:
        """Return a condition: `undo` can reverse the event. It reverses a correction only if a
        person requested it."""
        corrected = Q(kind=cls.Kind.CORRECTED, request__isnull=False)
        return Q(kind__in=[cls.Kind.USED, cls.Kind.REINSTATED]) | corrected

    @property
    def has_undoable_kind(self) -> bool:
        """Return whether the event fulfils the condition `is_undoable`."""
        if self.kind == self.Kind.CORRECTED:
            return self.request_id is not None
        return self.kind in (self.Kind.USED, self.Kind.REINSTATED)

    @property
    def is_of_move(self) -> bool:
        """Return whether it is a move of a use, or the undo of one."""
        reverses = self.reverses
        is_undo = self.kind == self.Kind.UNDONE and reverses is not None
        return self.kind == self.Kind.MOVED or (
            is_undo and reverses is not None and reverses.kind == self.Kind.MOVED
        )

    def undo_refusal(self, *, user_id: int, however_late: bool) -> Refusal | None:
        """Return why this user can't undo this use, reinstatement, move or correction, or None."""
        if not however_late and (refusal := staff_undo_refusal(self, user_id)):
            return refusal
        if hasattr(self, "reversed_by"):
            return Refusal.UNDONE
        return self.purchase.adjust_refusal(-self.delta)


class Requested(Protocol):
    """A request of a person."""

    @property
    def actor_id(self) -> int: ...


class Undoable(Protocol):
    """An event of any ledger."""

    @property
    def request(self) -> Requested | None: ...

    @property
    def occurred_at(self) -> datetime: ...


def staff_undo_refusal(event: Undoable, user_id: int) -> Refusal | None:
    """Return why a member of the staff can't undo an event, or None."""
    if event.request is None or event.request.actor_id != user_id:
        return Refusal.NOT_YOURS
    if clock.now() - event.occurred_at > STAFF_MAY_UNDO_FOR:
        return Refusal.TOO_LATE
    return None
