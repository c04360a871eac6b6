"""The purchases that the desk's prefix search finds."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Expression,
    F,
    Func,
    OuterRef,
    Subquery,
    UUIDField,
    Value,
)
from django.db.models.lookups import LessThan

from purchases.models import ClientSearchTerm, Purchase, PurchaseQuerySet
from purchases.queries.client_ids import FoundClients, client_ids_for_words

# Up to this many matching terms: check each client for the remaining words individually.
RARE = 1_000
# Up to this many matching terms: look up the purchases of each client.
FEW = 1_000
# The same limit within a state. It is higher, because few purchases may be in the state, and then
# reading the list until the page is full takes long.
FEW_IN_A_STATE = 5_000
# Up to this many matching terms: read the list until the page is full, and compare each purchase
# with all matching clients. With more terms the page fills sooner, so the terms of each purchase's
# client are checked instead.
MANY = 20_000


class IsAnyOf(Func):
    """Compare a value with an array that a subquery computes once, before the comparison."""

    function = ""
    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


class IsInHashTable(Func):
    """Compare a value with an array through a hash table that is built once."""

    function = ""
    # COALESCE prevents a join, whose order the planner would choose by a wrong estimate.
    template = "COALESCE(%(expressions)s)), false)"
    arg_joiner = " IN (SELECT unnest("
    output_field = BooleanField()


def uuid_array(found: FoundClients) -> Func:
    """Return the client ids as an array that the planner does not inspect.

    It would estimate the selectivity of each element."""
    return Func(_ids(found), template="ARRAY(SELECT unnest(%(expressions)s))")


def _ids(found: FoundClients) -> Value:
    assert found.array is not None
    return Value(found.array, output_field=ArrayField(UUIDField()))


def first_matches(
    purchases: PurchaseQuerySet,
    words: list[str],
    *,
    org_id: UUID,
    state: Purchase.State,
    at_most: int,
) -> PurchaseQuerySet:
    """Return the first purchases, in the order of the state, whose client has a search term that
    begins with each word.

    Reads the terms of the clients (purchases/sql/find_client_ids.sql), then the purchases of few
    clients, or the list until the page is full. It reads much of the list if thousands of clients
    have the words and hardly any of their purchases is in the state.
    """
    few = FEW if state is Purchase.State.ALL else FEW_IN_A_STATE
    clients = client_ids_for_words(org_id, words, MANY, rare=RARE, few=few)
    listed = purchases.filter(*_conditions(clients, few)).in_order_of(state)
    # Compute the ids of the page before the join, because the planner might otherwise search the
    # whole list for them.
    page = ArraySubquery(listed.values("pk")[:at_most])
    return Purchase.objects.filter(IsAnyOf(F("pk"), page)).in_order_of(state)


def _conditions(clients: FoundClients, few: int) -> list[Expression]:
    if clients.array is None:
        return [_has_word(word) for word in clients.words]
    if clients.terms <= few:
        return [IsAnyOf(F("client_id"), uuid_array(clients))]
    return [IsInHashTable(F("client_id"), _ids(clients)), *map(_has_word, clients.words[1:])]


def _has_word(word: str) -> Expression:
    """Return a condition: the client's first term at or after the word begins with the word.

    Unlike EXISTS, this form leaves the planner only one plan: to read the terms of the client.
    """
    terms = ClientSearchTerm.objects.filter(client_id=OuterRef("client_id"), term__gte=word)
    first_term = Subquery(terms.order_by("term").values("term")[:1])
    return LessThan(first_term, Value(word + "\U0010ffff"))


def search_words(q: str) -> list[str]:
    """Split a query into words, each of which must begin a search term of the client.

    A phone number in any spelling is one word: its last nine digits, because prefixes are written
    in many ways. The result is empty if no name, e-mail or phone number can begin with the query.
    """
    if re.fullmatch(r"[\d\s()+./-]+", q):
        q = re.sub(r"\D", "", q.replace("(0)", ""))
    words: list[str] = []
    for word in re.split(r"[\s<>…]+", q):
        words += [word] if "@" in word else re.split(r"[.,;:/_&()\"“”+–—-]+", word)
    words = [word.lstrip("0")[-9:] if word.isdigit() else word for word in words]
    return [word for word in words if word.strip("'’‘ʼʻ`´")]
