"""The lists that a member can export, and the rows of each.

Each list is read by one snapshot of the database, through server-side cursors, and in the order of
the desk: the newest row first. Rows and names of another org are never read.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purchases import clock
from purchases.currencies import amount
from purchases.database import FETCHED_AT_ONCE
from purchases.exports.columns import Column, Filter, Kind, Parts, Row, Table, labels, payments
from purchases.exports.events import given_back, history
from purchases.models import Client, Offer, Purchase
from purchases.queries.search import matching_clients, search_words


class ListName(models.TextChoices):
    PURCHASES = "purchases", gettext_lazy("Purchases")
    CLIENTS = "clients", gettext_lazy("Clients")
    HISTORY = "history", gettext_lazy("History")
    GIVEN_BACK = "given-back", gettext_lazy("Sessions given back")


def table_of(name: ListName, chosen: Filter) -> Table:
    """Return a list in the active language. Its rows need a transaction."""
    columns, rows = {
        ListName.PURCHASES: _purchases,
        ListName.CLIENTS: _clients,
        ListName.HISTORY: history,
        ListName.GIVEN_BACK: given_back,
    }[name](chosen)
    return Table(str(name.label), columns, rows, chosen.zone)


def _clients(chosen: Filter) -> Parts:
    columns = [
        Column(_("Name")),
        Column(_("E-mail")),
        Column(_("Phone")),
        Column(_("Status")),
        Column(_("Notes")),
        Column(_("Added on"), Kind.TIME),
        Column(_("Client ID"), Kind.CODE),
    ]
    fields = ("full_name", "email", "phone", "status", "notes", "created_at", "id")
    clients = Client.objects.filter(org_id=chosen.org_id).order_by("-created_at")
    return columns, lambda: clients.values_list(*fields).iterator(FETCHED_AT_ONCE)


def _purchases(chosen: Filter) -> Parts:
    columns = [
        Column(_("Client")),
        Column(_("E-mail")),
        Column(_("Phone")),
        Column(_("Offer")),
        Column(_("Type")),
        Column(_("Bought sessions"), Kind.NUMBER),
        Column(_("Used sessions"), Kind.NUMBER),
        Column(_("Sessions left"), Kind.NUMBER),
        Column(_("Bought on"), Kind.TIME),
        Column(_("Expires on"), Kind.TIME),
        Column(_("Payment")),
        Column(_("Method")),
        Column(_("Price"), Kind.AMOUNT),
        Column(_("Currency")),
        Column(_("Purchase ID"), Kind.CODE),
        Column(_("Client ID"), Kind.CODE),
    ]
    fields = [
        *["client__full_name", "client__email", "client__phone", "offer__name"],
        *["offer__offer_type", "sessions_total", "sessions_used", "sessions_remaining"],
        *["purchased_at", "expires_at", "payment_status", "payment_method"],
        *["amount_paid_cents", "currency", "id", "client_id"],
    ]
    types = labels(Offer.Type)
    paid = payments()

    def rows() -> Iterator[Row]:
        words = search_words(chosen.q)
        if chosen.q and not words:
            return
        purchases = Purchase.objects.of_org(chosen.org_id)
        purchases = purchases.in_state(chosen.state, clock.now()).in_order_of(chosen.state)
        if words:
            purchases = purchases.filter(*matching_clients(words, org_id=chosen.org_id))
        for values in purchases.values_list(*fields).iterator(FETCHED_AT_ONCE):
            row = list(values)
            row[4] = types.get(row[4], row[4])
            row[10] = paid.get(row[10], row[10])
            row[12] = amount(row[12], row[13])
            row[13] = row[13].upper()
            yield row

    return columns, rows
