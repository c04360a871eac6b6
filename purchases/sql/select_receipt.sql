-- Return the receipt of an event as its rows are now, and whether the personal texts of the event and
-- of its request are as they were sealed. A text that was erased with its salt counts as such. The
-- receipt is null if the event was deleted. No row means that the event was not sealed.
-- Parameters: the ledger and the id of the event.
WITH event AS MATERIALIZED (
    SELECT line.*
    FROM public.ledger_rows() AS line
    WHERE line.ledger = %(ledger)s AND line.event_id = %(event_id)s
),

request AS MATERIALIZED (
    SELECT line.*
    FROM public.ledger_rows() AS line
    WHERE
        line.ledger = 'session_requests'
        AND line.request_id = (SELECT event.request_id FROM event)
),

recomputed AS (
    SELECT
        line.ledger,
        sha256(
            convert_to(line.content, 'UTF8') || coalesce(line.personal_hash, '')
        ) AS leaf,
        CASE
            WHEN line.personal_hash IS NULL THEN line.personal IS NULL
            WHEN line.salt IS NULL THEN coalesce(line.personal, '(erased)') = '(erased)'
            ELSE
                line.personal_hash
                = sha256(uuid_send(line.salt) || convert_to(coalesce(line.personal, ''), 'UTF8'))
        END AS has_its_text
    FROM (TABLE event UNION ALL TABLE request) AS line
)

SELECT
    seal.org_id,
    event.purchase_id,
    sha256(string_agg(recomputed.leaf, '' ORDER BY recomputed.ledger COLLATE "C")) AS receipt,
    bool_and(recomputed.has_its_text) AS has_its_text
FROM public.seal_leaves AS sealed
INNER JOIN public.seals AS seal ON seal.id = sealed.seal_id
LEFT JOIN event ON true
LEFT JOIN recomputed ON true
WHERE sealed.ledger = %(ledger)s AND sealed.row_id = %(event_id)s::bigint::text
GROUP BY seal.org_id, event.purchase_id
