"""The clients that a mistyped search may mean, for a search without a match.

A word is tried with two neighbouring letters exchanged (“grcae” for Grace), without one of its
letters, and joined with the next word or split (“obrien” and “o brien”). If that finds no client,
the most similar words of the clients are tried, if the database has the extension pg_trgm.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from purchases.database import SQL_DIR, fetch_all, read_statement
from purchases.queries.client_ids import Search, find_client_ids

SELECT_SIMILAR_WORDS = read_statement(SQL_DIR / "select_similar_words.sql")
# The most spellings that are tried, and the most matching terms of each.
SPELLINGS = 100
TERMS = 50
# A shorter word has too many neighbours.
SHORTEST = 4
LONGEST = 30
PREFIX = re.compile(r"(ma?c|[od])(...+)", re.I)


class SimilarWord(NamedTuple):
    place: int
    word: str


def near_misses(org_id: UUID, words: list[str]) -> list[UUID]:
    """Return the clients that a search without a match may mean, the likeliest first.

    `words` are those of `search_words`.
    """
    return _find(org_id, list(spellings(words))) or _find(org_id, _similar(org_id, words))


def spellings(words: list[str]) -> Iterator[list[str]]:
    """Yield the words with one of them spelled differently, at most SPELLINGS of them."""
    tried = 0
    for n, word in enumerate(words):
        before, after = words[:n], words[n + 1 :]
        for pieces in _spellings_of(word, after):
            if tried == SPELLINGS:
                return
            tried += 1
            yield [*before, *pieces]


def _spellings_of(word: str, after: list[str]) -> Iterator[list[str]]:
    if not _is_name(word):
        return
    if split := PREFIX.fullmatch(word):
        yield [*split.groups(), *after]
    if after:
        yield [word + after[0], *after[1:]]
    if not SHORTEST <= len(word) <= LONGEST:
        return
    for n, (one, other) in enumerate(itertools.pairwise(word)):
        if one != other:
            yield [word[:n] + other + one + word[n + 2 :], *after]
    for n, letter in enumerate(word):
        # Without one of two equal letters, the word is the same.
        if n == 0 or letter != word[n - 1]:
            yield [word[:n] + word[n + 1 :], *after]


def _is_name(word: str) -> bool:
    return "@" not in word and not any(letter.isdigit() for letter in word)


def _similar(org_id: UUID, words: list[str]) -> list[list[str]]:
    """Return the words with one of them replaced by a similar word of the clients."""
    names = [word if _is_name(word) and len(word) >= SHORTEST else "" for word in words]
    params = {"org_id": org_id, "words": [name[:LONGEST] for name in names]}
    rows = fetch_all(SELECT_SIMILAR_WORDS, params, SimilarWord)
    return [[*words[: row.place - 1], row.word, *words[row.place :]] for row in rows]


def _find(org_id: UUID, spelled: list[list[str]]) -> list[UUID]:
    """Return the clients of the searches without duplicates, in the order of the searches."""
    if not spelled:
        return []
    searches = [Search(org_id, words) for words in spelled]
    results = find_client_ids(searches, limit=TERMS, partial=True)
    return list(dict.fromkeys(id_ for found in results for id_ in found.client_ids))
