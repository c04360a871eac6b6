"""Whom the desk's search finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

from django.db.models import BooleanField, DateTimeField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from purchases.models import Purchase, PurchaseQuerySet
from purchases.models.search import likely_rare_first

# Terms, of which a client may have several that begin alike. So many are asked one by one whether
# their client has the other words too.
RARE = 1_000
# The purchases of the clients of so many are looked up, client by client.
FEW = 1_000
# And of so many where hardly any purchase may be in the state, and the list is long to go through.
FEW_IN_A_STATE = 5_000
# Of more, a page is full so soon that the list is gone through and each one's client is asked.
MANY = 20_000
# The terms of so many words are gone through; for further ones each client is asked.
GONE_THROUGH = 3

# PostgreSQL, left to guess, expects one client of any word. So each way is written out, and it is
# counted which one it is: what stands behind another count is not begun.
SEARCH = """
    WITH asked AS MATERIALIZED (SELECT %s::uuid AS org_id, %s::text[] AS words),
    word AS MATERIALIZED (
        -- The end is past every letter: bounds, and not LIKE, since an index serves them.
        -- Behind its space, a term has the letters with which the client's words begin.
        SELECT place, begin, begin || chr(1114111) AS past, begin ~ '^[^0-9]$' AS is_letter,
            CASE WHEN begin ~ '^[^0-9]' THEN '%% %%\\' || left(begin, 1) || '%%' ELSE '%%' END
                AS beside
        FROM asked, unnest(words) WITH ORDINALITY AS typed (word, place),
            public.fold_for_search(typed.word) AS begin
    ),
    {clients},
    number AS MATERIALIZED (SELECT count(*) AS of_terms FROM client),
    listed AS NOT MATERIALIZED ({listed})
    (
        -- Few clients: their purchases, sorted.
        SELECT id FROM listed
        WHERE (SELECT of_terms FROM number) <= {few}
            AND client_id = ANY (ARRAY(
                SELECT client_id FROM client WHERE true {client_has_further}
            ))
        ORDER BY {order} LIMIT {at_most}
    ) UNION ALL (
        -- More: the list, until the page is full, each held against all of the clients at once.
        SELECT id FROM listed
        WHERE (SELECT of_terms FROM number) BETWEEN {few} + 1 AND {many}
            AND COALESCE(client_id IN (SELECT client_id FROM client), false) {listed_has_further}
        ORDER BY {order} LIMIT {at_most}
    ) UNION ALL (
        -- Many: the list, until the page is full, and each one's client is asked.
        SELECT id FROM listed
        WHERE (SELECT of_terms FROM number) > {many} {listed_has_all}
        ORDER BY {order} LIMIT {at_most}
    )
"""
OF_WORD = """SELECT client_id FROM public.client_search_terms
    WHERE org_id = (SELECT org_id FROM asked)
        AND term >= (SELECT begin FROM word WHERE place = {place})
        AND term < (SELECT past FROM word WHERE place = {place})"""
BESIDE_WORD = "AND term LIKE (SELECT beside FROM word WHERE place = {place})"
CLIENTS_OF_A_WORD = "client AS MATERIALIZED ({of_word} LIMIT {many} + 1)"
# Unless all that is gone through besides is letters, the limit is null, which is none: some of the
# terms will be passed by.
CLIENTS_OF_WORDS = """first AS MATERIALIZED (
        {of_word}
        LIMIT (
            SELECT CASE WHEN bool_and(is_letter) THEN {many} + 1 END
            FROM word WHERE place = ANY (ARRAY{gone_through})
        )
    ),
    client AS MATERIALIZED (
        (
            SELECT client_id FROM first
            WHERE (SELECT count(*) FROM first) <= {rare} {each_has_others}
        ) UNION ALL (
            SELECT client_id FROM first
            WHERE (SELECT count(*) FROM first) > {rare} {all_have_others}
        )
        LIMIT {many} + 1
    )"""
# Beside its terms, a letter was found already.
UNLESS_LETTER = "AND ((SELECT is_letter FROM word WHERE place = {place}) OR {condition})"
# COALESCE keeps it from becoming a join: the clients of the word are a table that is made once.
IS_OF_WORD = "COALESCE(client_id IN ({of_word}), false)"
# The first of the client's terms that is not before the word: asked so, and not by EXISTS, it can
# only go by the client, and never by all the terms of the word.
HAS_WORD = """(
        SELECT term FROM public.client_search_terms AS of_client
        WHERE of_client.client_id = {row}.client_id
            AND term >= (SELECT begin FROM word WHERE place = {place})
        ORDER BY term LIMIT 1
    ) < (SELECT past FROM word WHERE place = {place})"""


def is_found(
    listed: PurchaseQuerySet, words: list[str], *, org_id: UUID, state: Purchase.State, at_most: int
) -> RawSQL:
    """A condition for purchases: to be one of the first so many of these, in the order of the
    state, whose client has a search term that begins with each word.

    What it reads: the terms that begin with the longest word, as far as the first letters of the
    others stand beside them (of a client, there are the first 100); where such are rare, their
    clients' other terms, else the terms of two other words; and then the purchases of the clients,
    or the list until the page is full. It is long in coming to the end of the list where thousands
    of clients have the words and hardly any of their purchases is in the state.
    """
    words = likely_rare_first(list(dict.fromkeys(words)))
    every = range(1, len(words) + 1)
    # Nearly everybody's phone number has any digit.
    digits = [place for place in every if re.fullmatch("[0-9]", words[place - 1])]
    gone_through = [place for place in every[1:GONE_THROUGH] if place not in digits]
    further = [place for place in every[1:] if place not in gone_through]

    def of_word(place: int) -> str:
        beside = [BESIDE_WORD.format(place=other) for other in every if other != place]
        return "\n".join([OF_WORD.format(place=place), *beside])

    def is_of_word(place: int) -> str:
        return IS_OF_WORD.format(of_word=of_word(place))

    def has_word(row: str, place: int) -> str:
        return HAS_WORD.format(row=row, place=place)

    clients = (CLIENTS_OF_WORDS if gone_through else CLIENTS_OF_A_WORD).format(
        of_word=of_word(1),
        gone_through=gone_through,
        rare=RARE,
        many=MANY,
        each_has_others=_unless_letters(gone_through, partial(has_word, "first")),
        all_have_others=_unless_letters(gone_through, is_of_word),
    )
    # The moment as it stands in the index, and not as Python reads it.
    moment = Cast(state.sort_column, DateTimeField())
    rows = listed.order_by().annotate(moment=moment).values("id", "client_id", "moment")
    listed_sql, params = rows.query.sql_with_params()
    direction = "ASC" if state is Purchase.State.EXPIRING else "DESC"
    search = SEARCH.format(
        clients=clients,
        client_has_further=_unless_letters(further, partial(has_word, "client")),
        listed_has_further=_unless_letters(further, partial(has_word, "listed")),
        listed_has_all=" ".join(f"AND {has_word('listed', place)}" for place in every),
        listed=listed_sql,
        few=FEW if state is Purchase.State.ALL else FEW_IN_A_STATE,
        many=MANY,
        order=f"moment {direction}, id {direction}",
        at_most=at_most,
    )
    # An array is made before anything else: joined, the rows found might be looked for in the list.
    return RawSQL(  # noqa: S611, no word is in the text of it
        f"client_purchases.id = ANY (ARRAY({search}))",
        [org_id, words, *params],
        output_field=BooleanField(),
    )


def _unless_letters(places: Iterable[int], condition: Callable[[int], str]) -> str:
    asked = [UNLESS_LETTER.format(place=place, condition=condition(place)) for place in places]
    return " ".join(asked)


def search_words(q: str) -> list[str]:
    """What was typed, as the words that must each begin a search term of the client.

    A phone number in any spelling is one word: its last nine digits, since what comes before them
    is written in many ways, by a caller's number in one and by the studio in another.
    Empty where nothing was typed that a name, an e-mail or a phone number could begin with.
    """
    if re.fullmatch(r"[\d\s()+./-]+", q):
        q = re.sub(r"\D", "", q.replace("(0)", ""))
    words: list[str] = []
    for word in re.split(r"[\s<>…]+", q):
        words += [word] if "@" in word else re.split(r"[.,;:/_&()\"“”+–—-]+", word)
    words = [word.lstrip("0")[-9:] if word.isdigit() else word for word in words]
    return [word for word in words if word.strip("'’‘ʼʻ`´")]
