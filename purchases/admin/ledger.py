from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin.own_org import ReadOnlyAdmin
from purchases.changed_values import changed_values
from purchases.formatting import program
from purchases.models import ExpiryEvent, PurchaseEvent, SessionEvent

Event = SessionEvent | ExpiryEvent | PurchaseEvent


class LedgerAdmin(ReadOnlyAdmin):
    """A read-only view of an append-only ledger.

    A purchase is shown by its id, because its events stay after the purchase is deleted.
    """

    readonly_fields = ["who", "reason", "note", "program", "purchase_id"]
    list_display_links = ["occurred_at"]
    list_select_related = ["request__actor", "request__approved_by"]
    search_fields = ["purchase_id__exact", "request__actor__username"]
    search_help_text = _("A purchase's id, or a username.")

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


@admin.register(SessionEvent)
class SessionEventAdmin(LedgerAdmin):
    """The changes of used counts, with person, time and reason."""

    fields = [
        "occurred_at",
        "kind",
        "delta",
        "sessions_used",
        "who",
        "reason",
        "note",
        "program",
        "purchase_id",
        "org",
    ]
    list_display = ["occurred_at", "kind", "delta", "sessions_used", "who", "reason", "program"]
    list_filter = ["kind", "request__reason", "occurred_at"]


@admin.register(ExpiryEvent)
class ExpiryEventAdmin(LedgerAdmin):
    """The changes of expiries, with person and time."""

    fields = [
        "occurred_at",
        "kind",
        "expires_before",
        "expires_at",
        "who",
        "note",
        "program",
        "purchase_id",
        "org",
    ]
    list_display = ["occurred_at", "kind", "expires_before", "expires_at", "who", "program"]
    list_filter = ["kind", "occurred_at"]


@admin.register(PurchaseEvent)
class PurchaseEventAdmin(LedgerAdmin):
    """The changes of what was bought, by whom and how it was paid, with person and time."""

    fields = ["occurred_at", "kind", "changed", "who", "note", "program", "purchase_id", "org"]
    readonly_fields = [*LedgerAdmin.readonly_fields, "changed"]
    list_display = ["occurred_at", "kind", "changed", "who", "note", "program"]
    list_filter = ["kind", "occurred_at"]
    list_select_related = [
        *LedgerAdmin.list_select_related,
        "client",
        "client_before",
        "offer",
        "offer_before",
    ]

    @admin.display(description=_("what changed"))
    def changed(self, event: PurchaseEvent) -> str:
        """Return the changed values, or an empty text for an event that began a ledger."""
        if event.org_id_before is None or event.kind == PurchaseEvent.Kind.DELETED:
            return ""
        changed = changed_values(event, event.org_id)
        return "; ".join(f"{value.label}: {value.before} → {value.after}" for value in changed)
