-- Return the clients that were found for names or e-mails, with the position of the name in the
-- list, and whether the name is their whole name or e-mail. The comparison ignores case. For a name
-- it also ignores accents, and either spaces and punctuation or the order of the words. It is
-- skipped, and the result is false, unless `compare` is set.
-- A client's name is folded only if lower() finds a difference, because folding takes longer than
-- reading the row. OFFSET 0 folds it once.
-- Return at most `limit` clients for each name: whole names first, then in order of name.
WITH given AS MATERIALIZED (
    SELECT
        given.place, lower(given.name) AS lower,
        replace(folded.lines, E'\n', '') AS letters,
        ARRAY(
            SELECT word FROM string_to_table(folded.lines, E'\n') AS word
            WHERE word <> '' ORDER BY word
        ) AS words
    FROM unnest(%(names)s::text[]) WITH ORDINALITY AS given (name, place),
        LATERAL (
            SELECT public.fold_for_search(regexp_replace(
                given.name,
                '[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
                '.,;:/_&()"“”„‟«»‹›<>\[\]\u007b\u007d|*+‐‑‒–—―،、・-]+', E'\n', 'g'
            )) AS lines
        ) AS folded
),

found AS MATERIALIZED (
    SELECT DISTINCT place, client_id
    FROM unnest(%(places)s::int[], %(client_ids)s::uuid[]) AS found (place, client_id)
),

compared AS MATERIALIZED (
    SELECT
        found.place, client.id, client.full_name,
        CASE
            WHEN NOT %(compare)s::bool THEN false
            WHEN given.lower IN (lower(client.full_name), lower(client.email)) THEN true
            ELSE (
                SELECT
                    replace(folded.lines, E'\n', '') = given.letters
                    OR ARRAY(
                        SELECT word FROM string_to_table(folded.lines, E'\n') AS word
                        WHERE word <> '' ORDER BY word
                    ) = given.words
                FROM (
                    SELECT public.fold_for_search(regexp_replace(
                        client.full_name,
                        '[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
                        '.,;:/_&()"“”„‟«»‹›<>\[\]\u007b\u007d|*+‐‑‒–—―،、・-]+', E'\n', 'g'
                    )) AS lines
                    OFFSET 0
                ) AS folded
            )
        END AS is_whole
    FROM found
    INNER JOIN given ON given.place = found.place
    INNER JOIN public.clients AS client ON client.id = found.client_id
),

ranked AS (
    SELECT
        place, id, is_whole,
        row_number() OVER (PARTITION BY place ORDER BY is_whole DESC, full_name, id) AS rank
    FROM compared
)

SELECT place, id, is_whole
FROM ranked
WHERE rank <= %(limit)s::int
ORDER BY place, rank
