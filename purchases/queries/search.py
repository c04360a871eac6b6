"""The clients that the desk's prefix search finds, as conditions of a query."""

from __future__ import annotations

import re
from uuid import UUID

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

from purchases.database import UuidArray
from purchases.models import ClientSearchTerm, Purchase
from purchases.queries.client_ids import client_ids_for_words

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


def uuid_array(ids: UuidArray | list[UUID] | None) -> Func:
    """Return the ids as an array that the planner does not inspect.

    It would estimate the selectivity of each element."""
    return Func(_ids(ids), template="ARRAY(SELECT unnest(%(expressions)s))")


def _ids(ids: UuidArray | list[UUID] | None) -> Value:
    assert ids is not None, "FoundClients has no ids of more clients than its limit"
    return Value(ids, output_field=ArrayField(UUIDField()))


class Matches:
    """The clients who have a search term that begins with each word.

    Reads their terms at once (purchases/sql/find_client_ids.sql). The conditions filter rows by
    them. They use the index of few clients, or check each row of a list until the page is full. A
    list is read for long if thousands of clients match and hardly any of their rows is in it.
    """

    def __init__(self, words: list[str], *, org_id: UUID, state: Purchase.State) -> None:
        self.few = FEW if state is Purchase.State.ALL else FEW_IN_A_STATE
        self.found = client_ids_for_words(org_id, words, MANY, rare=RARE, few=self.few)

    @property
    def are_few(self) -> bool:
        """Whether `found` has exactly the clients who match, and they are few."""
        return self.found.terms <= self.few and self.found.array is not None

    @property
    def ids(self) -> UuidArray:
        """The clients, if they are few."""
        assert self.found.array is not None
        return self.found.array

    def conditions(self, client_id: str) -> list[Expression]:
        """Return conditions: the column `client_id` has one of the clients."""
        found = self.found
        if found.array is None:
            return [_has_word(word, client_id) for word in found.words]
        if found.terms <= self.few:
            return [IsAnyOf(F(client_id), uuid_array(found.array))]
        words = [_has_word(word, client_id) for word in found.words[1:]]
        return [IsInHashTable(F(client_id), _ids(found.array)), *words]


def matching_clients(words: list[str], *, org_id: UUID) -> list[Expression]:
    """Return the conditions on a purchase that its client matches every word, for all rows."""
    matches = Matches(words, org_id=org_id, state=Purchase.State.ALL)
    return matches.conditions("client_id")


def _has_word(word: str, client_id: str) -> Expression:
    """Return a condition: the client's first term at or after the word begins with the word.

    Unlike EXISTS, this form leaves the planner only one plan: to read the terms of the client.
    """
    terms = ClientSearchTerm.objects.filter(client_id=OuterRef(client_id), term__gte=word)
    first_term = Subquery(terms.order_by("term").values("term")[:1])
    return LessThan(first_term, Value(word + "\U0010ffff"))


# Characters without a shape: a text that was copied may contain them.
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
# The characters at which search_terms() splits a name too (migrations/0029_search_terms.sql).
SPLIT = re.compile(r"[\s.,;:/_&()\"“”„‟«»‹›<>\[\]{}|*+‐‑‒–—―،、・-]+")
APOSTROPHES = "'’‘ʼʻʹ′`´"
DIGITS_OF_A_PHONE = re.compile(r"[\d\s()+./‐‑‒–—-]+")
# “Mob: 0412 345 678”, “tel. 0412 345 678” and “m 0412 345 678”.
LABEL_OF_A_PHONE = re.compile(r"[^\W\d_]+[.:]+|tel|phone|ph|mobile|mob|cell|fax|[tm]", re.I)


def search_words(q: str) -> list[str]:
    """Split a query into words, each of which must begin a search term of the client.

    A phone number in any spelling is one word: its last nine digits, because prefixes are written
    in many ways. The result is empty if no name, e-mail or phone number can begin with the query.
    """
    q = INVISIBLE.sub("", q)
    if phone := _phone(q):
        q = phone
    words: list[str] = []
    for word in re.split(r"[\s\u00a0<>…]+", q):
        words += [_email(word)] if "@" in word else SPLIT.split(word)
    words = [word.lstrip("0")[-9:] if word.isdigit() else word for word in words]
    return [word for word in words if word.strip(APOSTROPHES)]


def _phone(q: str) -> str | None:
    """Return the digits of a query that is a phone number, with or without a label before it."""
    label = LABEL_OF_A_PHONE.match(q.lstrip())
    number = q.lstrip()[label.end() :] if label else q
    if not DIGITS_OF_A_PHONE.fullmatch(number):
        return None
    digits = re.sub(r"\D", "", number.replace("(0)", ""))
    # A letter and a few digits may be the beginning of a name and of a phone number.
    return digits if not label or len(digits) > 6 else None


def _email(word: str) -> str:
    """Return an e-mail address without what surrounds it in a text."""
    return word.removeprefix("mailto:").strip(".,;:()[]\"'")
