"""The ledgers of purchases in the admin, read-only."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin.account_search import accounts_named, requested_by, typed_id
from purchases.admin.own_org import ReadOnlyAdmin
from purchases.changed_values import changed_values
from purchases.formatting import name_at, program
from purchases.models import ExpiryEvent, Purchase, PurchaseEvent, SessionEvent, SessionRequest

Event = SessionEvent | ExpiryEvent | PurchaseEvent


class LedgerAdmin(ReadOnlyAdmin):
    """A read-only view of an append-only ledger.

    A purchase that was deleted, or that is in another studio now, is shown by its id. The columns
    are not called `client` and `offer`, because Django would show the fields of these names.
    """

    readonly_fields = [
        "client_name",
        "offer_name",
        "who",
        "reason",
        "note",
        "program",
        "purchase_id",
    ]
    list_display_links = ["occurred_at"]
    list_select_related = ["request__actor", "request__approved_by"]
    # The search is below. Django shows its field if this list is not empty.
    search_fields = ["purchase_id"]
    search_help_text = _("A purchase’s id, or a username.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Load the purchases of a page in one query. A join would omit events of deleted ones."""
        purchases = Purchase.objects.select_related("client", "offer")
        return super().get_queryset(request).prefetch_related(Prefetch("purchase", purchases))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the events of a purchase, or those that a person requested."""
        if not search_term.strip():
            return queryset, False
        if purchase_id := typed_id(search_term):
            return queryset.filter(purchase_id=purchase_id), False
        return requested_by(queryset, SessionRequest, accounts_named(search_term)), False

    def view_on_site(self, event: Event) -> str | None:
        purchase = purchase_of(event)
        return reverse("purchases:purchase_detail", args=[purchase.pk]) if purchase else None

    @admin.display(description=_("client"))
    def client_name(self, event: Event) -> str:
        purchase = purchase_of(event)
        return str(purchase.client) if purchase else str(event.purchase_id)

    @admin.display(description=_("offer"))
    def offer_name(self, event: Event) -> str:
        purchase = purchase_of(event)
        return str(purchase.offer) if purchase else gettext("another studio, or deleted")

    @admin.display(description=_("who"))
    def who(self, event: Event) -> str:
        if event.request is None:
            return gettext("another program")
        if approver := event.request.approved_by:
            return gettext("%(actor)s, confirmed by %(owner)s") % {
                "actor": event.request.actor,
                "owner": approver,
            }
        return str(event.request.actor)

    @admin.display(description=_("database role"))
    def program(self, event: Event) -> str:
        return program(event)

    @admin.display(description=_("reason"))
    def reason(self, event: Event) -> str | None:
        return event.request.get_reason_display() if event.request else None

    @admin.display(description=_("note"))
    def note(self, event: Event) -> str | None:
        return event.request.note if event.request else None


def purchase_of(event: Event) -> Purchase | None:
    """Return the purchase, or None if it was deleted or moved to another org."""
    try:
        purchase = event.purchase
    except ObjectDoesNotExist:
        return None
    return purchase if purchase.org_id == event.org_id else None


@admin.register(SessionEvent)
class SessionEventAdmin(LedgerAdmin):
    """The changes of used counts, with person, time and reason."""

    fields = [
        *["occurred_at", "kind", "client_name", "offer_name", "delta", "sessions_used"],
        *["who", "reason", "note", "program", "purchase_id", "org"],
    ]
    list_display = [
        *["occurred_at", "client_name", "offer_name", "at_desk", "kind", "delta", "sessions_used"],
        *["who", "reason", "program", "org"],
    ]
    list_filter = ["kind", "request__reason", "occurred_at"]


@admin.register(ExpiryEvent)
class ExpiryEventAdmin(LedgerAdmin):
    """The changes of expiries, with person and time."""

    fields = [
        *["occurred_at", "kind", "client_name", "offer_name", "expires_before", "expires_at"],
        *["who", "note", "program", "purchase_id", "org"],
    ]
    list_display = [
        *[
            "occurred_at",
            "client_name",
            "offer_name",
            "at_desk",
            "kind",
            "expires_before",
            "expires_at",
        ],
        *["who", "program", "org"],
    ]
    list_filter = ["kind", "occurred_at"]


@admin.register(PurchaseEvent)
class PurchaseEventAdmin(LedgerAdmin):
    """The changes of what was bought, by whom and how it was paid, with person and time."""

    fields = [
        *["occurred_at", "kind", "client_name", "offer_name", "changed"],
        *["who", "note", "program", "purchase_id", "org"],
    ]
    readonly_fields = [*LedgerAdmin.readonly_fields, "changed"]
    list_display = [
        *["occurred_at", "client_name", "offer_name", "at_desk", "kind", "changed"],
        *["who", "note", "program", "org"],
    ]
    list_filter = ["kind", "occurred_at"]
    list_select_related = [
        *LedgerAdmin.list_select_related,
        *["client", "client_before", "offer", "offer_before"],
    ]

    @admin.display(description=_("client"))
    def client_name(self, event: PurchaseEvent) -> str:  # type: ignore[override]
        """Return the client after the event, or the last one of a deleted purchase."""
        return name_at(event.client or event.client_before, event.org_id)

    @admin.display(description=_("offer"))
    def offer_name(self, event: PurchaseEvent) -> str:  # type: ignore[override]
        return name_at(event.offer or event.offer_before, event.org_id)

    @admin.display(description=_("what changed"))
    def changed(self, event: PurchaseEvent) -> str:
        """Return the changed values, or an empty text for an event that began a ledger."""
        if event.org_id_before is None or event.kind == PurchaseEvent.Kind.DELETED:
            return ""
        changed = changed_values(event, event.org_id)
        return "; ".join(f"{value.label}: {value.before} → {value.after}" for value in changed)
