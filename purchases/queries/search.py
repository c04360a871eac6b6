"""Whom the desk's search finds."""

from __future__ import annotations

import re
from uuid import UUID

from django.db.models import DateTimeField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from purchases.models import Purchase, PurchaseQuerySet
from purchases.models.search import likely_rare_first

# The purchases of so many clients are looked up client by client.
FEW_CLIENTS = 1_000
# Of more than so many, every page of the list has some, in a studio of half a million.
MANY_CLIENTS = 10_000
# The clients of so many words are looked up; for further ones it is asked client by client.
LOOKED_UP = 3

# PostgreSQL, left to guess, expects one client of any word. So each way is written out, and it is
# counted which one it is: what is behind another count is not begun.
FOUND = """
    WITH asked AS MATERIALIZED (SELECT %s::uuid AS org_id, %s::text[] AS words),
    word AS MATERIALIZED (
        -- The end is past every letter: bounds, and not LIKE, since an index serves them.
        SELECT place, begin, begin || chr(1114111) AS past
        FROM asked, unnest(words) WITH ORDINALITY AS typed (word, place),
            public.fold_for_search(typed.word) AS begin
    ),
    client AS MATERIALIZED ({clients} LIMIT {many} + 1),
    number AS MATERIALIZED (SELECT count(*) AS of_clients FROM client),
    listed AS NOT MATERIALIZED ({listed})
    (
        -- Few clients: their purchases, sorted.
        SELECT id FROM listed
        WHERE (SELECT of_clients FROM number) <= {few}
            AND client_id = ANY (ARRAY(SELECT client_id FROM client WHERE true {of_few}))
        ORDER BY {order} LIMIT {at_most}
    ) UNION ALL (
        -- More: the list, until the page is full, each held against all of the clients at once.
        SELECT id FROM listed
        WHERE (SELECT of_clients FROM number) BETWEEN {few} + 1 AND {many}
            AND COALESCE(client_id IN (SELECT client_id FROM client), false) {of_more}
        ORDER BY {order} LIMIT {at_most}
    ) UNION ALL (
        -- So many that the page is full soon: the list, and each one's client is asked.
        SELECT id FROM listed
        WHERE (SELECT of_clients FROM number) > {many} {of_many}
        ORDER BY {order} LIMIT {at_most}
    )
"""
BEGINS = """term >= (SELECT begin FROM word WHERE place = {place})
    AND term < (SELECT past FROM word WHERE place = {place})"""
# COALESCE keeps it from becoming a join: it is looked up in a table made once.
CLIENTS_OF = f"""SELECT client_id FROM public.client_search_terms
    WHERE org_id = (SELECT org_id FROM asked) AND {BEGINS}"""  # noqa: S608
AND_OF = f"AND COALESCE(client_id IN ({CLIENTS_OF}), false)"
# The first of the client's terms that is not before the word: asked so, and not by EXISTS, it can
# only go by the client, and never by all the terms of the word.
HAS_A_TERM = """(
        SELECT term FROM public.client_search_terms AS of_client
        WHERE of_client.client_id = {row}.client_id
            AND term >= (SELECT begin FROM word WHERE place = {place})
        ORDER BY term LIMIT 1
    ) < (SELECT past FROM word WHERE place = {place})"""


def found(
    listed: PurchaseQuerySet, words: list[str], *, org_id: UUID, state: Purchase.State, at_most: int
) -> RawSQL:
    """The ids of the first so many of these purchases whose client has, for every word, a search
    term that begins with it, in the order of the state.

    At most some thousand rows are looked at one by one, however many the studio has.
    """
    words = likely_rare_first(list(dict.fromkeys(words)))
    looked_up = min(len(words), LOOKED_UP)
    every, further = range(1, len(words) + 1), range(looked_up + 1, len(words) + 1)
    # Many have the shortest: they are gone through, and held against those who have the others.
    clients = [CLIENTS_OF.format(place=looked_up)]
    clients += [AND_OF.format(place=place) for place in range(1, looked_up)]
    # As it stands in the index, and not as Python reads it.
    moment = Cast(state.goes_by, DateTimeField())
    rows = listed.order_by().annotate(moment=moment).values("id", "client_id", "moment")
    sql, params = rows.query.sql_with_params()
    direction = "ASC" if state is Purchase.State.EXPIRING else "DESC"
    query = FOUND.format(
        clients=" ".join(clients),
        listed=sql,
        few=FEW_CLIENTS,
        many=MANY_CLIENTS,
        of_few=_has_terms(further, "client"),
        of_more=_has_terms(further, "listed"),
        of_many=_has_terms(every, "listed"),
        order=f"moment {direction}, id {direction}",
        at_most=at_most,
    )
    return RawSQL(query, [org_id, words, *params])  # noqa: S611, no word is in the text of it


def _has_terms(places: range, row: str) -> str:
    asked = [HAS_A_TERM.format(row=row, place=place) for place in places]
    return " ".join(f"AND {each}" for each in asked)


def search_words(q: str) -> list[str]:
    """What was typed, as the words that must each begin a search term of the client.

    A phone number in any spelling is one word, without the zeros that replace a country code.
    Empty where nothing was typed that a name, an e-mail or a phone number could begin with.
    """
    if re.fullmatch(r"[\d\s()+./-]+", q):
        q = re.sub(r"\D", "", q.replace("(0)", ""))
    words: list[str] = []
    for word in q.split():
        words += [word] if "@" in word else re.split(r"[.,;:/_&()\"“”+–—-]+", word)
    words = [word.lstrip("0") if word.isdigit() else word for word in words]
    return [word for word in words if word.strip("'’‘ʼʻ`´")]
