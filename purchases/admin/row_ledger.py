"""The ledgers of clients and of offers in the admin, read-only."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin.account_search import accounts_named, requested_by, typed_id
from purchases.admin.own_org import ReadOnlyAdmin
from purchases.formatting import program
from purchases.models import Client, ClientEvent, ClientRequest, Offer, OfferEvent
from purchases.offers.changes import ChangedTerm, changes_of
from purchases.queries.client_changes import ChangedField, changed_fields

MAX_OFFERS = 100


@admin.register(ClientEvent)
class ClientEventAdmin(ReadOnlyAdmin):
    """The changes of clients, with person and time."""

    fields = [
        *["occurred_at", "kind", "name", "changed", "who", "program", "client_id", "erased_at"],
        "org",
    ]
    readonly_fields = ["name", "changed", "who", "program"]
    list_display = [
        *["occurred_at", "name", "at_desk", "kind", "changed", "who", "program", "org"],
    ]
    list_display_links = ["occurred_at"]
    list_filter = ["kind", "occurred_at"]
    list_select_related = ["request__actor"]
    # The search is below. Django shows its field if this list is not empty.
    search_fields = ["client_id"]
    search_help_text = _("A client’s id, or a username.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read with each event whether its client is still in the studio."""
        clients = Client.objects.filter(pk=OuterRef("client_id"), org_id=OuterRef("org_id"))
        events = super().get_queryset(request)
        with_clients: QuerySet[Any] = events.annotate(has_client=Exists(clients))
        return with_clients

    def view_on_site(self, event: Any) -> str | None:
        return (
            reverse("purchases:client_detail", args=[event.client_id]) if event.has_client else None
        )

    @admin.display(description=_("studio"))
    def org(self, event: ClientEvent) -> str:
        return str(event.org_id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the events of a client, or those that a person requested."""
        if not search_term.strip():
            return queryset, False
        if client_id := typed_id(search_term):
            return queryset.filter(client_id=client_id), False
        return requested_by(queryset, ClientRequest, accounts_named(search_term)), False

    @admin.display(description=_("client"))
    def name(self, event: ClientEvent) -> str:
        """Return the name after the event, or the id of a client whose name was erased."""
        return event.full_name or event.full_name_before or str(event.client_id)

    @admin.display(description=_("what changed"))
    def changed(self, event: ClientEvent) -> str:
        """Return the changed values, or an empty text for an event that began a ledger."""
        if event.org_id_before is None or event.kind == ClientEvent.Kind.DELETED:
            return ""
        return in_words(changed_fields(event))

    @admin.display(description=_("who"))
    def who(self, event: ClientEvent) -> str:
        return str(event.request.actor) if event.request else gettext("another program")

    @admin.display(description=_("database role"))
    def program(self, event: ClientEvent) -> str:
        return program(event)


@admin.register(OfferEvent)
class OfferEventAdmin(ReadOnlyAdmin):
    """The changes of offers, with person and time."""

    desk_action = "administer"
    fields = [
        *["occurred_at", "kind", "name", "changed", "who", "program", "offer_id", "org"],
    ]
    readonly_fields = ["name", "changed", "who", "program", "offer_id"]
    list_display = ["occurred_at", "name", "kind", "changed", "who", "program", "org"]
    list_display_links = ["occurred_at"]
    list_filter = ["kind", "occurred_at"]
    list_select_related = ["actor"]
    # The search is below. Django shows its field if this list is not empty.
    search_fields = ["offer_id"]
    search_help_text = _("An offer’s id or name.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the offers by name first. The search finds their events by an index."""
        if not (term := search_term.strip()):
            return queryset, False
        if offer_id := typed_id(term):
            return queryset.filter(offer_id=offer_id), False
        named = Offer.objects.filter(name__icontains=term).order_by("pk")
        return queryset.filter(
            offer_id__in=list(named.values_list("pk", flat=True)[:MAX_OFFERS])
        ), False

    @admin.display(description=_("offer"))
    def name(self, event: OfferEvent) -> str:
        """Return the name after the event, or the last one of a deleted offer."""
        state = event.after or event.before or {}
        return str(state.get("name") or event.offer_id)

    @admin.display(description=_("what changed"))
    def changed(self, event: OfferEvent) -> str:
        (change,) = changes_of([event])
        return in_words(change.terms)

    @admin.display(description=_("who"))
    def who(self, event: OfferEvent) -> str:
        return str(event.actor) if event.actor else gettext("another program")

    @admin.display(description=_("database role"))
    def program(self, event: OfferEvent) -> str:
        return program(event)

    @admin.display(description=_("studio"))
    def org(self, event: OfferEvent) -> str:
        return str(event.org_id)


def in_words(changed: Iterable[ChangedField | ChangedTerm]) -> str:
    return "; ".join(f"{value.label}: {value.before} → {value.after}" for value in changed)
