-- Find the clients for whom every word of a search begins a search term, for many searches at once.
-- A search has an org and its words, separated by spaces, the longest word first.
-- Return for each search its words as the terms spell them, the number of matching terms, and the
-- client ids by array_send(), with duplicates. At most `limit` + 1 terms are counted. If there are
-- more than `limit`, return the first ids if `partial` is set, otherwise null.
-- If `whole_words` is set, a word matches only terms that equal it. A term has at most 100 letters.
--
-- The planner estimates one client per word, so each plan is written out and chosen by a count.
-- Branches whose count does not match are never executed.
-- A term is a word, a space, and the initials of all words of the client. So `beside` checks within
-- the index whether the client has another word with a given first letter. Initials omit digits.
-- `first` reads all terms of the first word. It stops at the limit if the second and third words
-- are single letters, which `beside` has checked, or digits, which nearly every phone number has.
-- Up to `rare` terms in `first`: check each client for the remaining words individually.
-- More terms: compare the clients with those of the second and third word, and check further words
-- only if at most `few` terms remain. COALESCE prevents that these comparisons become joins.
WITH search AS MATERIALIZED (
    SELECT place, org_id, words
    FROM unnest(%(org_ids)s::uuid[], %(searches)s::text[])
    WITH ORDINALITY AS given (org_id, words, place)
)

SELECT search.place, found.words, found.terms, found.client_ids
FROM search,
LATERAL (
    WITH word AS MATERIALIZED (
        SELECT
            split.n, folded.word,
            CASE
                WHEN %(whole_words)s::bool THEN left(folded.word, 100) || ' '
                ELSE folded.word
            END AS begin,
            CASE
                WHEN %(whole_words)s::bool THEN left(folded.word, 100) || '!'
                ELSE folded.word || chr(1114111)
            END AS past,
            folded.word ~ '^[^0-9]$' AND NOT %(whole_words)s::bool AS is_letter,
            split.typed ~ '^[0-9]$' AS is_digit,
            CASE
                WHEN folded.word ~ '^[^0-9]' THEN '%% %%\' || left(folded.word, 1) || '%%'
                ELSE '%%'
            END AS beside
        FROM string_to_table(search.words, ' ') WITH ORDINALITY AS split (typed, n),
            LATERAL (SELECT public.fold_for_search(split.typed)) AS folded (word)
    ),

    first AS MATERIALIZED (
        SELECT client_id
        FROM public.client_search_terms
        WHERE org_id = search.org_id
            AND term >= (SELECT begin FROM word WHERE n = 1)
            AND term < (SELECT past FROM word WHERE n = 1)
            AND term LIKE ALL (ARRAY(SELECT beside FROM word WHERE n > 1))
        LIMIT (
            SELECT CASE WHEN coalesce(bool_and(is_letter), true) THEN %(limit)s::int + 1 END
            FROM word WHERE n IN (2, 3) AND NOT is_digit
        )
    ),

    client AS MATERIALIZED (
        (
            SELECT client_id
            FROM first
            WHERE (SELECT count(*) FROM first) <= %(rare)s::int
                AND NOT EXISTS (
                    SELECT FROM word
                    WHERE n > 1 AND NOT is_letter AND NOT coalesce((
                        SELECT term FROM public.client_search_terms AS of_client
                        WHERE of_client.client_id = first.client_id AND term >= word.begin
                        ORDER BY term LIMIT 1
                    ) < word.past, false)
                )
        ) UNION ALL (
            SELECT client_id
            FROM first
            WHERE (SELECT count(*) FROM first) > %(rare)s::int
                AND (
                    coalesce((SELECT is_letter OR is_digit FROM word WHERE n = 2), true)
                    OR coalesce(client_id IN (
                        SELECT client_id
                        FROM public.client_search_terms
                        WHERE org_id = search.org_id
                            AND term >= (SELECT begin FROM word WHERE n = 2)
                            AND term < (SELECT past FROM word WHERE n = 2)
                            AND term LIKE ALL (ARRAY(SELECT beside FROM word WHERE n <> 2))
                    ), false)
                )
                AND (
                    coalesce((SELECT is_letter OR is_digit FROM word WHERE n = 3), true)
                    OR coalesce(client_id IN (
                        SELECT client_id
                        FROM public.client_search_terms
                        WHERE org_id = search.org_id
                            AND term >= (SELECT begin FROM word WHERE n = 3)
                            AND term < (SELECT past FROM word WHERE n = 3)
                            AND term LIKE ALL (ARRAY(SELECT beside FROM word WHERE n <> 3))
                    ), false)
                )
        )
        LIMIT %(limit)s::int + 1
    ),

    checked AS MATERIALIZED (
        SELECT EXISTS (SELECT FROM word WHERE n > 1 AND NOT is_letter) AS has_others
    ),

    counted AS MATERIALIZED (
        SELECT CASE
            WHEN has_others THEN (SELECT count(*) FROM client)
            ELSE (SELECT count(*) FROM first)
        END AS terms
        FROM checked
    )

    SELECT
        (SELECT array_agg(word.word ORDER BY word.n) FROM word) AS words,
        (SELECT terms FROM counted) AS terms,
        CASE
            WHEN (SELECT terms FROM counted) > %(limit)s::int AND NOT %(partial)s::bool THEN NULL
            WHEN NOT (SELECT has_others FROM checked)
                THEN array_send(ARRAY(SELECT client_id FROM first))
            WHEN (SELECT terms FROM counted) > %(few)s::int
                THEN array_send(ARRAY(SELECT client_id FROM client))
            ELSE array_send(ARRAY(
                SELECT client_id
                FROM client
                WHERE NOT EXISTS (
                    SELECT FROM word
                    WHERE (n > 3 OR n > 1 AND is_digit) AND NOT is_letter
                        AND (SELECT count(*) FROM first) > %(rare)s::int
                        AND NOT coalesce((
                            SELECT term FROM public.client_search_terms AS of_client
                            WHERE of_client.client_id = client.client_id AND term >= word.begin
                            ORDER BY term LIMIT 1
                        ) < word.past, false)
                )
            ))
        END AS client_ids
) AS found
