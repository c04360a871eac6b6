"""The model of a purchase, with its refusals."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext

from purchases import clock
from purchases.models import purchase_queryset
from purchases.models.catalogue import Client, Offer, Org
from purchases.models.fields import ClampedDateTimeField
from purchases.models.purchase_queryset import PurchaseQuerySet, PurchaseState
from purchases.models.refusals import Refusal


class Purchase(models.Model):
    """An offer bought by a client; a pack when it has `sessions_total`."""

    State: TypeAlias = PurchaseState
    PaymentStatus: TypeAlias = purchase_queryset.PaymentStatus

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    org = models.ForeignKey(Org, models.PROTECT, related_name="purchases", db_index=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="purchases", db_index=False)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="purchases", db_index=False)
    amount_paid_cents = models.IntegerField()
    currency = models.TextField(db_default="aud")
    sessions_total = models.IntegerField(null=True, blank=True)
    sessions_used = models.IntegerField(null=True, blank=True, db_default=0)
    sessions_remaining = models.GeneratedField(
        expression=F("sessions_total") - F("sessions_used"),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    purchased_at = ClampedDateTimeField(db_default=Func(function="now"))
    expires_at = ClampedDateTimeField(null=True, blank=True)
    payment_status = models.TextField(
        null=True, blank=True, choices=PaymentStatus, db_default="pending"
    )
    payment_method = models.TextField(null=True, blank=True)
    created_at = ClampedDateTimeField(db_default=Func(function="now"), editable=False)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        db_table = "client_purchases"
        indexes = [
            # For the desk's pages, newest first. It includes the client, so that a search scans
            # only the index.
            models.Index(
                fields=["org", "-purchased_at", "-id"],
                include=["client"],
                name="purchases_newest_first",
            ),
            # For a client's page, and for index-only scans of the desk's search.
            models.Index(
                fields=["client", "-purchased_at", "-id"],
                include=["org"],
                name="purchases_of_a_client",
            ),
            # For the desk's lists of expiring and expired purchases.
            models.Index(fields=["org", "expires_at", "id"], name="purchases_by_expiry"),
            # For the number of unpaid purchases on the desk's first page.
            models.Index(
                fields=["org"],
                condition=~Q(payment_status__in=["succeeded", "refunded"]),
                name="purchases_unpaid",
            ),
            # For the foreign key check when an offer is deleted.
            models.Index(fields=["offer"], name="purchases_of_an_offer"),
        ]
        constraints = [
            models.CheckConstraint(
                name="client_purchases_payment_status_check",
                condition=Q(payment_status__in=["pending", "succeeded", "failed", "refunded"]),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(offer)s of %(client)s") % {"offer": self.offer, "client": self.client}

    @property
    def is_paid(self) -> bool:
        return self.payment_status == self.PaymentStatus.SUCCEEDED

    @property
    def never_expires(self) -> bool:
        return self.expires_at is None or self.expires_at.year == 9999

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()

    @property
    def is_current(self) -> bool:
        """Return whether it is neither expired nor used up nor refunded."""
        is_used_up = self.sessions_remaining is not None and self.sessions_remaining <= 0
        is_refunded = self.payment_status == self.PaymentStatus.REFUNDED
        return not (self.has_expired or is_used_up or is_refunded)

    @property
    def reinstate_refusal(self) -> Refusal | None:
        """Return why no session can be reinstated, judging by this row, or None."""
        if refusal := self._count_refusal():
            return refusal
        return None if self.sessions_used else Refusal.NOTHING_USED

    @property
    def use_refusal(self) -> Refusal | None:
        """Return why no session can be used, judging by this row, or None."""
        if refusal := self._count_refusal():
            return refusal
        if self.sessions_total is None:
            return Refusal.NO_TOTAL
        if self.sessions_used is None:
            return Refusal.COUNT_MISSING
        if self.sessions_used == self.sessions_total:
            return Refusal.NONE_LEFT
        return Refusal.EXPIRED if self.has_expired else None

    def adjust_refusal(self, by: int) -> Refusal | None:
        """Return why an undo can't change the used count by this number of sessions, or None.
        Payment and expiry do not matter."""
        if self.sessions_used is None:
            return Refusal.COUNT_MISSING
        if self._count_is_off:
            return Refusal.COUNT_IS_OFF
        if self.sessions_total is not None and self.sessions_used + by > self.sessions_total:
            return Refusal.NO_ROOM
        return Refusal.TOO_FEW_USED if self.sessions_used + by < 0 else None

    def correct_used_refusal(self, by: int) -> Refusal | None:
        """Return why the used sessions can't be corrected by this number, or None."""
        used = (self.sessions_used or 0) + by
        if used < 0:
            return Refusal.BELOW_ZERO
        above = self.sessions_total is not None and used > self.sessions_total
        return Refusal.MORE_THAN_BOUGHT if above else None

    def correct_total_refusal(self, by: int) -> Refusal | None:
        """Return why the bought sessions can't be corrected by this number, or None."""
        if self.sessions_total is None:
            return Refusal.NO_TOTAL
        if (self.sessions_used or 0) < 0:
            return Refusal.COUNT_IS_OFF
        total = self.sessions_total + by
        if total < 0:
            return Refusal.BELOW_ZERO
        return Refusal.FEWER_THAN_USED if total < (self.sessions_used or 0) else None

    @property
    def refund_refusal(self) -> Refusal | None:
        """Return why the purchase can't be refunded, or None."""
        if self.payment_status == self.PaymentStatus.REFUNDED:
            return Refusal.REFUNDED
        return None if self.is_paid else Refusal.NOT_PAID

    @property
    def payment_refusal(self) -> Refusal | None:
        """Return why no payment can be received for the purchase, or None."""
        if self.payment_status == self.PaymentStatus.REFUNDED:
            return Refusal.REFUNDED
        return Refusal.PAID_ALREADY if self.is_paid else None

    def can_take_use(self, used_at: datetime) -> bool:
        """Return whether a use of another pack, made at this time, can be moved here."""
        has_room = (
            self.sessions_used is not None
            and self.sessions_total is not None
            and self.sessions_used < self.sessions_total
        )
        was_valid = self.expires_at is None or self.expires_at > used_at
        return self.is_paid and has_room and was_valid

    def extend_refusal(self, until: datetime | None = None) -> Refusal | None:
        """Return why the expiry can't be extended (to `until`), judging by this row, or None."""
        if self.payment_status == self.PaymentStatus.REFUNDED:
            return Refusal.REFUNDED
        if self.never_expires:
            return Refusal.NEVER_EXPIRES
        if until and until <= clock.now():
            return Refusal.PAST
        is_later = not until or self.expires_at is None or until > self.expires_at
        return None if is_later else Refusal.NOT_LATER

    @property
    def can_be_extended(self) -> bool:
        return self.extend_refusal() is None

    def _count_refusal(self) -> Refusal | None:
        if self.payment_status == self.PaymentStatus.REFUNDED:
            return Refusal.REFUNDED
        if not self.is_paid:
            return Refusal.NOT_PAID
        return Refusal.COUNT_IS_OFF if self._count_is_off else None

    @property
    def _count_is_off(self) -> bool:
        used, total = self.sessions_used or 0, self.sessions_total
        return used < 0 or (total is not None and used > total)

    def show_count(self, sessions_used: int) -> None:
        """Set the count that the database returned, without saving."""
        self.sessions_used = sessions_used
        if self.sessions_total is not None:
            self.sessions_remaining = self.sessions_total - sessions_used

    def refresh_counts(self) -> None:
        """Reload the columns that an action at the desk can change. A loaded client is kept, unless
        the purchase was transferred."""
        client = self.client if Purchase.client.is_cached(self) else None
        counts = ["sessions_used", "sessions_total", "sessions_remaining"]
        self.refresh_from_db(fields=[*counts, "expires_at", "payment_status", "client_id"])
        if client is not None and client.pk == self.client_id:
            self.client = client
