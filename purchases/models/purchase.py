"""The model of a purchase, with its querysets, pagination order and refusals."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import DateTimeField, F, Func, Q, TextField, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from purchases.models.catalogue import Client, Offer, Org
from purchases.models.fields import ClampedDateTimeField
from purchases.models.refusals import Refusal

EXPIRING_WITHIN = timedelta(days=14)

ROW_COLUMNS = [
    *["org_id", "client_id", "offer_id", "purchased_at", "expires_at", "payment_status"],
    *["sessions_total", "sessions_used", "sessions_remaining"],
    *["client__full_name", "client__email", "client__phone", "client__created_at"],
    *["offer__name", "offer__offer_type"],
]


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    def of_org(self, org_id: UUID) -> PurchaseQuerySet:
        return self.filter(org_id=org_id)

    def for_rows(self) -> PurchaseQuerySet:
        """Load client and offer, and only the columns a row shows (a page instantiates 150
        objects)."""
        return self.select_related("client", "offer").only(*ROW_COLUMNS)

    def in_state(self, state: Purchase.State, now: datetime) -> PurchaseQuerySet:
        """Return the purchases in a state of the desk's filter. States overlap."""
        not_used_up = Q(sessions_total=None) | Q(sessions_remaining__gt=0)
        usable = Q(payment_status=Purchase.PaymentStatus.SUCCEEDED) & not_used_up
        match state:
            case Purchase.State.ACTIVE:
                return self.filter(usable, Q(expires_at=None) | Q(expires_at__gt=now))
            case Purchase.State.EXPIRING:
                soon = now + EXPIRING_WITHIN
                return self.filter(usable, expires_at__gt=now, expires_at__lte=soon)
            case Purchase.State.USED_UP:
                return self.filter(sessions_remaining__lte=0)
            case Purchase.State.EXPIRED:
                return self.filter(expires_at__lte=now)
            case Purchase.State.UNPAID:
                # A refunded purchase is not owed.
                settled = [
                    Purchase.PaymentStatus.SUCCEEDED,
                    Purchase.PaymentStatus.REFUNDED,
                ]
                return self.exclude(payment_status__in=settled)
            case _:
                return self.all()

    def newest_first(self) -> PurchaseQuerySet:
        return self.in_order_of(Purchase.State.ALL)

    def in_order_of(self, state: Purchase.State) -> PurchaseQuerySet:
        """Order as the desk lists this state.

        Expiring purchases come soonest first, expired ones latest first, all others newest first.
        """
        # An index exists for each of these orders. Another order would sort all purchases.
        sign = "" if state is Purchase.State.EXPIRING else "-"
        return self.order_by(f"{sign}{state.sort_column}", f"{sign}id")

    def with_sort_key(self, state: Purchase.State) -> PurchaseQuerySet:
        """Add `sort_key`: the time by which the state's list is ordered, as PostgreSQL writes it.

        Python has no value for infinity and for many years.
        """
        return self.annotate(sort_key=InUtcAsText(F(state.sort_column)))

    def after(self, state: Purchase.State, sort_key: str, purchase_id: UUID) -> PurchaseQuerySet:
        """Return the purchases after a place in the list (keyset pagination)."""
        # The bound limits the index scan. Rows of the same time before the place are skipped within
        # the index.
        forward = state is Purchase.State.EXPIRING
        further, bound = (TupleGreaterThan, "gte") if forward else (TupleLessThan, "lte")
        timestamp = FromUtcText(Value(sort_key))
        return self.filter(
            further(Tuple(F(state.sort_column), F("id")), (timestamp, purchase_id)),
            **{f"{state.sort_column}__{bound}": timestamp},
        )


class InUtcAsText(Func):
    """The text of a timestamptz in UTC, such as "2026-01-12 07:00:00.5", "infinity" or
    "0500-01-01 00:00:00 BC"."""

    template = "(%(expressions)s AT TIME ZONE 'UTC')::text"
    output_field = TextField()


class FromUtcText(Func):
    """The timestamptz of such a text."""

    template = "(%(expressions)s::timestamp AT TIME ZONE 'UTC')"
    output_field = DateTimeField()


class Purchase(models.Model):
    """An offer bought by a client; a pack when it has `sessions_total`."""

    class State(models.TextChoices):
        ALL = "all", pgettext_lazy("purchases", "All")
        ACTIVE = "active", _("Active")
        EXPIRING = "expiring", _("Expiring")
        USED_UP = "used_up", _("Used up")
        EXPIRED = "expired", _("Expired")
        UNPAID = "unpaid", _("Not paid")

        @property
        def sort_column(self) -> str:
            """Return the column by which its list is ordered."""
            by_expiry = (Purchase.State.EXPIRING, Purchase.State.EXPIRED)
            return "expires_at" if self in by_expiry else "purchased_at"

    class PaymentStatus(models.TextChoices):
        PENDING = "pending", _("Pending")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")
        REFUNDED = "refunded", _("Refunded")

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
        return self.expires_at is not None and self.expires_at <= timezone.now()

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
        if until and until <= timezone.now():
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
