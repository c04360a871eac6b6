"""Orgs (tenants), their clients and their offers."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from purchases.models.fields import ClampedDateTimeField


class Org(models.Model):
    """A studio business, which is the tenant. Every other row belongs to one org."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    created_at = ClampedDateTimeField(db_default=Func(function="now"), editable=False)
    name = models.TextField()
    slug = models.TextField(unique=True)

    class Meta:
        db_table = "orgs"

    def __str__(self) -> str:
        return self.name


class Client(models.Model):
    """A person who buys offers."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    org = models.ForeignKey(Org, models.PROTECT, related_name="clients", db_index=False)
    created_at = ClampedDateTimeField(db_default=Func(function="now"), editable=False)
    full_name = models.TextField()
    email = models.TextField(null=True, blank=True)
    phone = models.TextField(null=True, blank=True)
    status = models.TextField(db_default="active")
    notes = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "clients"
        # For the admin's list, newest first.
        indexes = [models.Index(fields=["org", "-created_at"], name="clients_newest_first")]

    def __str__(self) -> str:
        return self.full_name


class Offer(models.Model):
    """A product on sale."""

    class Type(models.TextChoices):
        SUBSCRIPTION = "subscription", _("Subscription")
        SESSION_PACK = "session_pack", _("Session Pack")
        SINGLE_SESSION = "single_session", _("Single Session")

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
    created_at = ClampedDateTimeField(db_default=Func(function="now"), editable=False)
    updated_at = ClampedDateTimeField(db_default=Func(function="now"), editable=False)

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
