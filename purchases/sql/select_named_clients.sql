-- Return the clients that were found for names or e-mails, with the position of the name in the
-- list, and whether the name is their whole name or e-mail. The comparison ignores case, accents
-- and spaces. It is skipped, and the result is false, unless `compare` is set.
-- A client's name is folded only if lower() finds a difference, because folding takes longer than
-- reading the row.
-- Return at most `limit` clients for each name: whole names first, then in order of name.
WITH given AS MATERIALIZED (
    SELECT place, lower(name) AS lower, public.fold_for_search(name) AS folded
    FROM unnest(%(names)s::text[]) WITH ORDINALITY AS given (name, place)
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
            ELSE coalesce(given.folded IN (
                public.fold_for_search(client.full_name), public.fold_for_search(client.email)
            ), false)
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
