"""The admin's search for clients, which its lists of clients and of purchases share."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, UUIDField, Value
from django.http import HttpRequest

from purchases.admin.own_org import OwnOrgAdmin, is_superuser, member_of
from purchases.models import Client, Org
from purchases.queries import search_words
from purchases.queries.client_ids import Search, find_client_ids
from purchases.queries.search import IsAnyOf

# Limits of a search: the matching terms of each org, and the clients that match in the middle of a
# word. Further matches are dropped: the person has to type more of the name anyway.
MAX_TERMS = 5_000
MAX_CLIENTS = 1_000


class ClientSearchAdmin(OwnOrgAdmin):
    """Search as the desk does, and also in the middle of words, as Django's admin does.

    The clients are found first and within bounds. The list reads the rows of those clients, and
    joins nothing for the search.
    """

    # Fields of Client, also if the list shows another model.
    search_fields = ["full_name", "email", "phone"]
    client_column = "pk"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        member = member_of(request)
        if is_superuser(request):
            org_ids = list(Org.objects.values_list("pk", flat=True))
        else:
            org_ids = [member.org_id] if member else []
        clients = Client.objects.filter(org_id__in=org_ids)
        containing, _ = super().get_search_results(request, clients, search_term)
        client_ids = set(containing.values_list("pk", flat=True)[:MAX_CLIENTS])
        if words := search_words(search_term):
            searches = [Search(org_id, words) for org_id in org_ids]
            for found in find_client_ids(searches, limit=MAX_TERMS, partial=True):
                client_ids.update(found.client_ids)
        ids = Value(list(client_ids), output_field=ArrayField(UUIDField()))
        array = Func(ids, template="ARRAY(SELECT unnest(%(expressions)s))")
        return queryset.filter(IsAnyOf(F(self.client_column), array)), False
