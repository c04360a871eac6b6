"""Verbose names of tables and columns for the admin, in every language.

They are not in the model classes, so that a better name needs no migration.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from purchases.models.catalogue import Client, Offer, Org
from purchases.models.client_event import ClientEvent
from purchases.models.expiry import ExpiryEvent
from purchases.models.ledger import SessionEvent, SessionRequest
from purchases.models.offer_event import OfferEvent
from purchases.models.purchase import Purchase
from purchases.models.purchase_event import PurchaseEvent

TABLES: dict[type[models.Model], tuple[Any, Any]] = {
    Org: (_("studio"), _("studios")),
    Client: (_("client"), _("clients")),
    Offer: (_("offer"), _("offers")),
    Purchase: (_("purchase"), _("purchases")),
    SessionRequest: (_("session request"), _("session requests")),
    SessionEvent: (_("change of sessions"), _("session history")),
    ExpiryEvent: (_("change of an expiry"), _("expiry history")),
    PurchaseEvent: (_("change of a purchase"), _("purchase history")),
    ClientEvent: (_("change of a client"), _("client history")),
    OfferEvent: (_("change of an offer"), _("offer history")),
}
COLUMNS: dict[str, Any] = {
    "actor": _("actor"),
    "amount_paid_cents": _("amount paid"),
    "asked_at": _("asked at"),
    "bonus_sessions": _("bonus sessions"),
    "client": _("client"),
    "created_at": _("created at"),
    "currency": _("currency"),
    "db_role": _("database role"),
    "delta": _("delta"),
    "description": _("description"),
    "email": _("email"),
    "event_id": _("event id"),
    "expires_at": _("expires at"),
    "expires_before": _("expires before"),
    "extend_days": _("extend days"),
    "extend_until": _("extend until"),
    "full_name": _("full name"),
    "id": _("ID"),
    "is_active": _("is active"),
    "kind": _("kind"),
    "name": _("name"),
    "note": _("note"),
    "notes": _("notes"),
    "occurred_at": _("occurred at"),
    "offer": _("offer"),
    "offer_type": _("offer type"),
    "operation": _("operation"),
    "org": _("studio"),
    "pack_validity_days": _("pack validity days"),
    "payment_method": _("payment method"),
    "payment_status": _("payment status"),
    "phone": _("phone"),
    "price_cents": _("price"),
    "purchase": _("purchase"),
    "purchased_at": _("purchased at"),
    "reason": _("reason"),
    "refusal": _("refusal"),
    "request": _("request"),
    "request_id": _("request id"),
    "reverses": _("reverses"),
    "sessions_included": _("sessions included"),
    "sessions_remaining": _("sessions remaining"),
    "sessions_total": _("sessions total"),
    "sessions_used": _("sessions used"),
    "slug": _("slug"),
    "status": _("status"),
    "updated_at": _("updated at"),
}

for table, (one, many) in TABLES.items():
    table._meta.verbose_name, table._meta.verbose_name_plural = one, many
    for column in table._meta.fields:
        if column.name in COLUMNS:
            column.verbose_name = COLUMNS[column.name]
