"""The search terms of clients."""

from __future__ import annotations

from django.db import models
from django.db.models import Func, TextField, Value
from django.db.models.functions import Concat

from purchases.models.catalogue import Client, Org

PAST_THE_LAST = Value("\U0010ffff", output_field=TextField())


class SearchTermQuerySet(models.QuerySet["ClientSearchTerm"]):
    def beginning_with(self, word: str) -> SearchTermQuerySet:
        """Compare with bounds instead of LIKE, so that the index works with a parameter."""
        folded = Func(Value(word), function="public.fold_for_search", output_field=TextField())
        return self.filter(term__gte=folded, term__lt=Concat(folded, PAST_THE_LAST))


class ClientSearchTerm(models.Model):
    """A search term of a client: a word of the name, the e-mail, or an end of the phone number.

    A space and the initials of all words of the client follow the term: "ana ar" and "ruiz ar".
    Triggers on `clients` write the terms (migrations/0003_refresh_search_terms.sql), so that
    clients of other programs are found too.
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
