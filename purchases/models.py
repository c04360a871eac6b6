"""The facts: four tables that other programs share with us, and the index that finds a client.

Their names, types, nullability and defaults are fixed: a phone app, an edge function and SQL by
hand read and write the same rows. So every default stands in the database, and any value that
the types allow may turn up here, however odd: counts that are null, more used than bought.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

EXPIRING_WITHIN = timedelta(days=14)


class Org(models.Model):
    """One studio business. Every other row belongs to one."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)
    name = models.TextField()
    slug = models.TextField(unique=True)

    class Meta:
        db_table = "orgs"

    def __str__(self) -> str:
        return self.name


class Client(models.Model):
    """A person who buys."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    org = models.ForeignKey(Org, models.PROTECT, related_name="clients", db_index=False)
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)
    full_name = models.TextField()
    email = models.TextField(null=True, blank=True)
    phone = models.TextField(null=True, blank=True)
    status = models.TextField(db_default="active")
    notes = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "clients"
        # The admin's list, newest first.
        indexes = [models.Index(fields=["org", "-created_at"], name="clients_newest_first")]

    def __str__(self) -> str:
        return self.full_name


class Offer(models.Model):
    """What is on sale."""

    class Type(models.TextChoices):
        SUBSCRIPTION = "subscription"
        SESSION_PACK = "session_pack"
        SINGLE_SESSION = "single_session"

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    org = models.ForeignKey(Org, models.PROTECT, related_name="offers", db_index=False)
    name = models.TextField()
    description = models.TextField(null=True, blank=True)
    offer_type = models.TextField(choices=Type)
    price_cents = models.IntegerField()
    currency = models.TextField(db_default="aud")
    sessions_included = models.IntegerField(null=True, blank=True)
    bonus_sessions = models.IntegerField(null=True, blank=True, db_default=0)
    pack_validity_days = models.IntegerField(null=True, blank=True)
    is_active = models.BooleanField(null=True, blank=True, db_default=True)
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)
    updated_at = models.DateTimeField(db_default=Func(function="now"), editable=False)

    class Meta:
        db_table = "offers"
        constraints = [
            models.CheckConstraint(
                name="offers_offer_type_check",
                condition=Q(offer_type__in=["subscription", "session_pack", "single_session"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    def of_org(self, org_id: UUID) -> PurchaseQuerySet:
        return self.filter(org_id=org_id)

    def in_state(self, state: Purchase.State, now: datetime) -> PurchaseQuerySet:
        """The purchases that a filter of the desk shows; a purchase may be in several."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
        usable = (
            Q(payment_status=Purchase.PaymentStatus.SUCCEEDED)
            & (Q(sessions_total=None) | Q(sessions_remaining__gt=0))
            & unexpired
        )
        match state:
            case Purchase.State.ACTIVE:
                return self.filter(usable)
            case Purchase.State.EXPIRING:
                return self.filter(usable, expires_at__lte=now + EXPIRING_WITHIN)
            case Purchase.State.USED_UP:
                return self.filter(sessions_remaining__lte=0)
            case Purchase.State.EXPIRED:
                return self.filter(expires_at__lte=now)
            case Purchase.State.UNPAID:
                # Money that went back is not owed.
                settled = [
                    Purchase.PaymentStatus.SUCCEEDED,
                    Purchase.PaymentStatus.REFUNDED,
                ]
                return self.filter(Q(payment_status=None) | ~Q(payment_status__in=settled))
            case _:
                return self.all()

    def of_clients_matching(self, words: list[str], org_id: UUID) -> PurchaseQuerySet:
        """The purchases of clients for whom every word begins one of their search terms."""
        matching = self
        for word in words:
            terms = ClientSearchTerm.objects.filter(org_id=org_id).beginning_with(word)
            matching = matching.filter(client_id__in=terms.values("client_id"))
        return matching

    def newest_first(self) -> PurchaseQuerySet:
        return self.order_by("-purchased_at", "-id")

    def older_than(self, purchased_at: datetime, purchase_id: UUID) -> PurchaseQuerySet:
        """What comes after this place in `newest_first`, whatever was added or changed since."""
        # Said this way round, and not as one OR, the index on (org, purchased_at, id) is entered
        # at the right place.
        before = Q(purchased_at__lt=purchased_at) | Q(id__lt=purchase_id)
        return self.filter(before, purchased_at__lte=purchased_at)


class Purchase(models.Model):
    """An offer bought by a client; a pack when it has `sessions_total`."""

    class State(models.TextChoices):
        ALL = "all", "All"
        ACTIVE = "active", "Active"
        EXPIRING = "expiring", "Expiring"
        USED_UP = "used_up", "Used up"
        EXPIRED = "expired", "Expired"
        UNPAID = "unpaid", "Not paid"

    class PaymentStatus(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        REFUNDED = "refunded"

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
    purchased_at = models.DateTimeField(db_default=Func(function="now"))
    expires_at = models.DateTimeField(null=True, blank=True)
    payment_status = models.TextField(
        null=True, blank=True, choices=PaymentStatus, db_default="pending"
    )
    payment_method = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        db_table = "client_purchases"
        indexes = [
            # The desk: one page after another, newest first.
            models.Index(fields=["org", "-purchased_at", "-id"], name="purchases_newest_first"),
            # The desk's search, and a client's page.
            models.Index(fields=["client", "-purchased_at"], name="purchases_of_a_client"),
            # The desk's filters by expiry.
            models.Index(fields=["org", "expires_at"], name="purchases_by_expiry"),
            # Whether an offer may be deleted.
            models.Index(fields=["offer"], name="purchases_of_an_offer"),
        ]
        constraints = [
            models.CheckConstraint(
                name="client_purchases_payment_status_check",
                condition=Q(payment_status__in=["pending", "succeeded", "failed", "refunded"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} of {self.client}"

    NOTHING_USED = "Nothing to give back: no session of this pack is used."

    @property
    def is_paid(self) -> bool:
        return self.payment_status == self.PaymentStatus.SUCCEEDED

    @property
    def why_not_paid(self) -> str:
        """A sentence; empty where it is paid."""
        match self.payment_status:
            case self.PaymentStatus.SUCCEEDED:
                return ""
            case self.PaymentStatus.REFUNDED:
                return "This pack is not paid: the money went back."
            case _:
                return "This pack is not paid."

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def why_not_reinstate(self) -> str:
        """Why no session can be given back, as a sentence; empty where one can."""
        if not self.is_paid:
            return self.why_not_paid
        return "" if (self.sessions_used or 0) > 0 else self.NOTHING_USED

    @property
    def why_not_use(self) -> str:
        """Why no session can be taken, as a sentence; empty where one can."""
        if not self.is_paid:
            return self.why_not_paid
        if self.sessions_total is None:
            return "Nothing to take: this purchase has no number of sessions."
        if self.sessions_used is None:
            return "Its count is missing. An owner has to correct it first."
        if self.sessions_used >= self.sessions_total:
            return f"No session left: {self.sessions_used} of {self.sessions_total} are used."
        if self.has_expired:
            return f"This pack expired on {date_format(localtime(self.expires_at), 'j M Y')}."
        return ""

    def refresh_counts(self) -> None:
        self.refresh_from_db(fields=["sessions_used", "sessions_total", "sessions_remaining"])


class SearchTermQuerySet(models.QuerySet["ClientSearchTerm"]):
    def beginning_with(self, word: str) -> SearchTermQuerySet:
        """Bounds and not LIKE: an index serves them even where the word is a parameter."""
        folded = Func(Value(word), function="public.fold_for_search", output_field=TextField())
        past_the_last = Concat(folded, Value("\U0010ffff"))
        return self.filter(term__gte=folded, term__lt=past_the_last)


class ClientSearchTerm(models.Model):
    """What finds a client: each word of the name, the e-mail, the ends of the phone number.

    Derived: a trigger on `clients` keeps it (migrations/0004_client_search_terms.sql), so that
    what another program inserts is found too.
    """

    pk = models.CompositePrimaryKey("org_id", "term", "client_id")
    org = models.ForeignKey(Org, models.DO_NOTHING, related_name="+", db_index=False)
    term = models.TextField(db_collation="C")
    client = models.ForeignKey(
        Client, models.DO_NOTHING, related_name="search_terms", db_index=False
    )

    objects = SearchTermQuerySet.as_manager()

    class Meta:
        db_table = "client_search_terms"

    def __str__(self) -> str:
        return self.term
