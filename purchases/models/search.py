"""What finds a client."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Exists, Func, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat
from django.db.models.lookups import IsNull

from purchases.models.catalogue import Client, Org


class SearchTermQuerySet(models.QuerySet["ClientSearchTerm"]):
    def beginning_with(self, word: str) -> SearchTermQuerySet:
        """Bounds and not LIKE: an index serves them even where the word is a parameter."""
        folded = Func(Value(word), function="public.fold_for_search", output_field=TextField())
        past_the_last = Concat(folded, Value("\U0010ffff"))
        return self.filter(term__gte=folded, term__lt=past_the_last)

    def of_clients_matching(self, words: list[str], org_id: UUID) -> SearchTermQuerySet:
        """A term or more of each client for whom every word begins one."""
        # The longest first: few clients have it.
        first, *others = sorted(words, key=len, reverse=True)
        terms = self.filter(org_id=org_id).beginning_with(first)
        for word in others:
            same_client = self.filter(org_id=org_id, client_id=OuterRef("client_id"))
            # COALESCE keeps it from becoming a join, whose order PostgreSQL would take from a guess
            # how many clients a word finds: it expects one where there are thousands, and then
            # compares all with all.
            terms = terms.filter(Coalesce(Exists(same_client.beginning_with(word)), False))
        return terms


def finds_the_client(word: str, org_id: UUID) -> IsNull:
    """Whether a word begins a search term of the `client` of a row, asked row by row.

    A join, or EXISTS, leaves it to PostgreSQL to read all the terms of the word at first; and a
    page that is full after some hundred rows has no use for a hundred thousand.
    """
    terms = ClientSearchTerm.objects.filter(org_id=org_id, client_id=OuterRef("client_id"))
    return IsNull(Subquery(terms.beginning_with(word).values("client_id")[:1]), False)


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
