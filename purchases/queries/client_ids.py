"""The clients of an org for whom every word of a search begins a search term."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from purchases.database import SQL_DIR, UuidArray, fetch_all, read_statement

FIND_CLIENT_IDS = read_statement(SQL_DIR / "find_client_ids.sql")

# Up to this many matching terms: check each client for the remaining words individually.
RARE = 1_000
# The limit for whole words is lower, because few terms equal the other words.
RARE_WHOLE = 100
# Up to this many matching terms: check the clients for words beyond the third, and for digits.
FEW = 1_000


class Search(NamedTuple):
    """The words of one search, as `search_words` returns them."""

    org_id: UUID
    words: list[str]


class FoundClients(NamedTuple):
    """The clients that one search found."""

    # The words as the search terms have them, the longest first.
    words: list[str]
    # The number of matching terms, at most `limit` + 1. A client may have several of them.
    terms: int
    # The client ids, with duplicates. None if more than `limit` terms match, unless `partial`.
    array: UuidArray | None

    @property
    def client_ids(self) -> list[UUID]:
        """The ids without duplicates, in the order of the terms."""
        return list(dict.fromkeys(self.array.ids())) if self.array else []


class FoundRow(NamedTuple):
    place: int
    words: list[str]
    terms: int
    array: bytes | None


def client_ids_for_words(
    org_id: UUID, words: Sequence[str], limit: int, *, rare: int = RARE, few: int = FEW
) -> FoundClients:
    """Return the clients of an org for whom each word begins a term, if at most `limit` terms
    match. If there are more than `few`, the result includes clients who lack a word beyond the
    third, or a digit."""
    search = Search(org_id, list(words))
    [found] = find_client_ids([search], limit=limit, rare=rare, few=few)
    return found


def find_client_ids(
    searches: Sequence[Search],
    *,
    limit: int,
    rare: int | None = None,
    few: int = FEW,
    whole_words: bool = False,
    partial: bool = False,
) -> list[FoundClients]:
    """Return the clients that each search finds, by one statement. No search may be without words.

    `whole_words` finds terms that equal a word; `partial` returns `limit` + 1 ids if there are
    more.
    """
    params = {
        "org_ids": [search.org_id for search in searches],
        "searches": [" ".join(likely_rare_first(search.words)) for search in searches],
        "limit": limit,
        "rare": rare if rare is not None else RARE_WHOLE if whole_words else RARE,
        "few": few,
        "whole_words": whole_words,
        "partial": partial,
    }
    rows = fetch_all(FIND_CLIENT_IDS, params, FoundRow)
    return [
        FoundClients(row.words, row.terms, None if row.array is None else UuidArray(row.array))
        for row in sorted(rows, key=attrgetter("place"))
    ]


def likely_rare_first(words: Sequence[str]) -> list[str]:
    """Return the words without duplicates, the longest first, because few clients have it."""
    return sorted(dict.fromkeys(words), key=len, reverse=True)
