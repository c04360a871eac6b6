"""The querysets of purchases: their states, and the orders of keyset pagination."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Case, DateTimeField, F, Func, Q, TextField, Value, When
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from purchases.models.purchase import Purchase  # noqa: F401  the type argument below

EXPIRING_WITHIN = timedelta(days=14)

ROW_COLUMNS = [
    *["org_id", "client_id", "offer_id", "purchased_at", "expires_at", "payment_status"],
    *["sessions_total", "sessions_used", "sessions_remaining"],
    *["client__full_name", "client__email", "client__phone", "client__created_at"],
    *["offer__name", "offer__offer_type"],
]


class PurchaseState(models.TextChoices):
    ALL = "all", pgettext_lazy("purchases", "All")
    ACTIVE = "active", _("Active")
    EXPIRING = "expiring", _("Expiring")
    USED_UP = "used_up", _("Used up")
    EXPIRED = "expired", _("Expired")
    UNPAID = "unpaid", _("Not paid")

    @property
    def sort_column(self) -> str:
        """Return the column by which its list is ordered."""
        by_expiry = (PurchaseState.EXPIRING, PurchaseState.EXPIRED)
        return "expires_at" if self in by_expiry else "purchased_at"


class PaymentStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    REFUNDED = "refunded", _("Refunded")


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    def of_org(self, org_id: UUID) -> PurchaseQuerySet:
        return self.filter(org_id=org_id)

    def for_rows(self) -> PurchaseQuerySet:
        """Load client and offer, and only the columns a row shows (a page instantiates 150
        objects)."""
        return self.select_related("client", "offer").only(*ROW_COLUMNS)

    def in_state(self, state: PurchaseState, now: datetime) -> PurchaseQuerySet:
        """Return the purchases in a state of the desk's filter. States overlap."""
        not_used_up = Q(sessions_total=None) | Q(sessions_remaining__gt=0)
        usable = Q(payment_status=PaymentStatus.SUCCEEDED) & not_used_up
        match state:
            case PurchaseState.ACTIVE:
                return self.filter(usable, Q(expires_at=None) | Q(expires_at__gt=now))
            case PurchaseState.EXPIRING:
                soon = now + EXPIRING_WITHIN
                return self.filter(usable, expires_at__gt=now, expires_at__lte=soon)
            case PurchaseState.USED_UP:
                return self.filter(sessions_remaining__lte=0)
            case PurchaseState.EXPIRED:
                return self.filter(expires_at__lte=now)
            case PurchaseState.UNPAID:
                # A refunded purchase is not owed.
                settled = [
                    PaymentStatus.SUCCEEDED,
                    PaymentStatus.REFUNDED,
                ]
                return self.exclude(payment_status__in=settled)
            case _:
                return self.all()

    def with_usability(self, now: datetime) -> PurchaseQuerySet:
        """Add `usability`: 0 if a session can be used, 1 if the purchase is current, else 2."""
        is_open = Q(expires_at=None) | Q(expires_at__gt=now)
        not_used_up = Q(sessions_remaining=None) | Q(sessions_remaining__gt=0)
        not_refunded = Q(payment_status=None) | ~Q(payment_status=PaymentStatus.REFUNDED)
        usable = Q(
            is_open,
            payment_status=PaymentStatus.SUCCEEDED,
            sessions_remaining__gt=0,
            sessions_used__gte=0,
        )
        current = is_open & not_used_up & not_refunded
        return self.annotate(usability=Case(When(usable, 0), When(current, 1), default=2))

    def newest_first(self) -> PurchaseQuerySet:
        return self.in_order_of(PurchaseState.ALL)

    def in_order_of(self, state: PurchaseState) -> PurchaseQuerySet:
        """Order as the desk lists this state.

        Expiring purchases come soonest first, expired ones latest first, all others newest first.
        """
        # An index exists for each of these orders. Another order would sort all purchases.
        sign = "" if state is PurchaseState.EXPIRING else "-"
        return self.order_by(f"{sign}{state.sort_column}", f"{sign}id")

    def with_sort_key(self, state: PurchaseState) -> PurchaseQuerySet:
        """Add `sort_key`: the time by which the state's list is ordered, as PostgreSQL writes it.

        Python has no value for infinity and for many years.
        """
        return self.annotate(sort_key=InUtcAsText(F(state.sort_column)))

    def after(self, state: PurchaseState, sort_key: str, purchase_id: UUID) -> PurchaseQuerySet:
        """Return the purchases after a place in the list (keyset pagination)."""
        # The bound limits the index scan. Rows of the same time before the place are skipped within
        # the index.
        forward = state is PurchaseState.EXPIRING
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
