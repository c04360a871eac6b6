"""The security log in the admin: read-only, for the owners of a studio and for superusers."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin.account_search import accounts_named
from purchases.admin.own_org import ReadOnlyAdmin, is_superuser, member_may
from studio.accounts.security_event import SecurityEvent
from studio.accounts.user import User

# A search reads the newest events only. No index has the accounts or the addresses.
MAX_EVENTS = 20_000


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    """A read-only view of the events of an org.

    Staff and accountants see no event. An address reveals the place of a colleague, and wrong tries
    reveal whose password somebody guesses. Events without an org are for superusers.
    """

    fields = [
        "occurred_at",
        "kind",
        "whose",
        "who",
        "door",
        "address",
        "detail",
        "unknown_name",
        "log_id",
        "org",
    ]
    readonly_fields = ["whose", "who"]
    list_display = ["occurred_at", "kind", "whose", "who", "door", "address", "detail", "org"]
    list_display_links = ["occurred_at"]
    list_filter = ["kind", "door", "occurred_at", "org"]
    list_select_related = ["account", "actor", "org"]
    # The search is below. Django shows its field if this list is not empty.
    search_fields = ["address"]
    search_help_text = _("A username, or an address. It searches the newest 20,000 events.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the accounts first, and read the newest events only."""
        if not (term := search_term.strip()):
            return queryset, False
        newest = self.get_queryset(request).order_by("-pk").values_list("pk", flat=True)
        oldest = newest[MAX_EVENTS : MAX_EVENTS + 1].first()
        accounts = accounts_named(term)
        found = Q(account_id__in=accounts) | Q(actor_id__in=accounts) | Q(address=term)
        return queryset.filter(found, pk__gt=oldest or 0), False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request) or member_may(request, "administer")

    @admin.display(description=_("account"))
    def whose(self, event: SecurityEvent) -> str:
        if event.unknown_name:
            return gettext("unknown name")
        return name_of(event.account, event.account_id)

    @admin.display(description=_("who"))
    def who(self, event: SecurityEvent) -> str:
        return name_of(event.actor, event.actor_id)


def name_of(user: User | None, user_id: int | None) -> str:
    """Return the user name, the number of a deleted account, or an empty text without an id."""
    if user is not None:
        return str(user)
    return gettext("deleted account %(number)d") % {"number": user_id} if user_id else ""
