-- Find the clients for whom every word of a search begins a search term, for many searches at once.
-- A search has an org and its words, separated by spaces, the longest word first.
-- Return for each search its words as the terms spell them, the number of matching terms, and the
-- client ids by array_send(), with duplicates. At most `limit` + 1 terms are counted. If there are
-- more than `limit`, return the first ids if `partial` is set, otherwise null.
-- If `whole_words` is set, a word matches only terms that equal it. A term has at most 100 letters.
--
-- The planner estimates one client per word, so each plan is written out and chosen by a count.
-- Branches whose count does not match are never executed.
-- A term is a word, a space, and the sorted initials of all words of the client, without digits. So
-- the pattern of `beside` checks within the index whether the client has words with the first
-- letters of the other words.
-- The arrays are in subqueries, so that the planner cannot see their length and PostgreSQL reuses
-- one generic plan. Planning takes a millisecond.
-- `first` reads all terms of the first word. It stops at the limit if the second and third words
-- are single letters, which `beside` has checked, or digits, which nearly every phone number has.
-- Up to `rare` terms in `first`: check each client for the remaining words individually.
-- More terms: compare the clients with those of the second and third word, and check further words
-- only if at most `few` terms remain. COALESCE keeps the planner from turning these
-- comparisons into joins.
WITH search AS MATERIALIZED (
    SELECT place, org_id, words
    FROM unnest((SELECT %(org_ids)s::uuid[]), (SELECT %(searches)s::text[]))
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
            split.typed ~ '^[0-9]$' AS is_digit
        FROM string_to_table(search.words, ' ') WITH ORDINALITY AS split (typed, n),
            LATERAL (SELECT public.fold_for_search(split.typed)) AS folded (word)
    ),

    beside AS MATERIALIZED (
        SELECT
            word.n,
            (
                SELECT '%% %%' || coalesce(string_agg(DISTINCT letter, '' ORDER BY letter), '')
                FROM word AS other,
                    LATERAL (
                        SELECT '\' || left(other.word, 1) || '%%' COLLATE "C" AS letter
                    ) AS escaped
                WHERE other.n <> word.n AND other.word ~ '^[^0-9]'
            ) AS pattern
        FROM word
        WHERE word.n <= 3
    ),

    first AS MATERIALIZED (
        SELECT
            ARRAY(
                SELECT client_id
                FROM public.client_search_terms
                WHERE org_id = search.org_id
                    AND term >= (SELECT begin FROM word WHERE n = 1)
                    AND term < (SELECT past FROM word WHERE n = 1)
                    AND term LIKE (SELECT pattern FROM beside WHERE n = 1)
                LIMIT (
                    SELECT CASE WHEN coalesce(bool_and(is_letter), true) THEN %(limit)s::int + 1 END
                    FROM word WHERE n IN (2, 3) AND NOT is_digit
                )
            ) AS client_ids
    ),

    client AS MATERIALIZED (
        SELECT
            ARRAY(
                (
                    SELECT client_id
                    FROM unnest((SELECT client_ids FROM first)) AS found (client_id)
                    WHERE (SELECT cardinality(client_ids) FROM first) <= %(rare)s::int
                        AND NOT EXISTS (
                            SELECT FROM word
                            WHERE n > 1 AND NOT is_letter AND NOT coalesce((
                                SELECT term FROM public.client_search_terms AS of_client
                                WHERE of_client.client_id = found.client_id AND term >= word.begin
                                ORDER BY term LIMIT 1
                            ) < word.past, false)
                        )
                ) UNION ALL (
                    SELECT client_id
                    FROM unnest((SELECT client_ids FROM first)) AS found (client_id)
                    WHERE (SELECT cardinality(client_ids) FROM first) > %(rare)s::int
                        AND (
                            coalesce((SELECT is_letter OR is_digit FROM word WHERE n = 2), true)
                            OR coalesce(client_id IN (
                                SELECT client_id
                                FROM public.client_search_terms
                                WHERE org_id = search.org_id
                                    AND term >= (SELECT begin FROM word WHERE n = 2)
                                    AND term < (SELECT past FROM word WHERE n = 2)
                                    AND term LIKE (SELECT pattern FROM beside WHERE n = 2)
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
                                    AND term LIKE (SELECT pattern FROM beside WHERE n = 3)
                            ), false)
                        )
                )
                LIMIT %(limit)s::int + 1
            ) AS client_ids
    ),

    matched AS MATERIALIZED (
        SELECT
            CASE
                WHEN EXISTS (SELECT FROM word WHERE n > 1 AND NOT is_letter)
                    THEN (SELECT client_ids FROM client)
                ELSE (SELECT client_ids FROM first)
            END AS client_ids
    )

    SELECT
        (SELECT array_agg(word.word ORDER BY word.n) FROM word) AS words,
        cardinality(matched.client_ids) AS terms,
        CASE
            WHEN cardinality(matched.client_ids) > %(limit)s::int AND NOT %(partial)s::bool
                THEN NULL
            WHEN cardinality(matched.client_ids) > %(few)s::int
                OR (SELECT cardinality(client_ids) FROM first) <= %(rare)s::int
                OR NOT EXISTS (
                    SELECT FROM word WHERE (n > 3 OR n > 1 AND is_digit) AND NOT is_letter
                )
                THEN array_send(matched.client_ids)
            ELSE array_send(ARRAY(
                SELECT client_id
                FROM unnest(matched.client_ids) AS found (client_id)
                WHERE NOT EXISTS (
                    SELECT FROM word
                    WHERE (n > 3 OR n > 1 AND is_digit) AND NOT is_letter
                        AND NOT coalesce((
                            SELECT term FROM public.client_search_terms AS of_client
                            WHERE of_client.client_id = found.client_id AND term >= word.begin
                            ORDER BY term LIMIT 1
                        ) < word.past, false)
                )
            ))
        END AS client_ids
    FROM matched
) AS found
