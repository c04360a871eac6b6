-- Return the seals that do not follow from the seal before them, from their own columns or from
-- their leaves, and the finding: numbering, hash or leaves.
WITH seal AS (
    SELECT
        seals.*,
        lag(seals.hash) OVER by_number AS former_hash,
        coalesce(lag(seals.number) OVER by_number, 0) AS former_number,
        lag(seals.day) OVER by_number AS former_day,
        ARRAY[
            seals.last_session_event_id,
            seals.last_expiry_event_id,
            seals.last_purchase_event_id
        ] AS last_ids
    FROM public.seals
    WINDOW by_number AS (PARTITION BY seals.org_id ORDER BY seals.number)
),

digested AS (
    SELECT
        leaf.seal_id,
        count(*) AS lines,
        count(*) FILTER (WHERE leaf.ledger <> 'session_requests') AS events,
        sha256(
            string_agg(leaf.leaf, '' ORDER BY leaf.ledger, length(leaf.row_id), leaf.row_id)
        ) AS digest
    FROM public.seal_leaves AS leaf
    GROUP BY leaf.seal_id
)

SELECT seal.org_id, seal.number, seal.day, finding.name AS finding, digested.lines
FROM seal
LEFT JOIN digested ON digested.seal_id = seal.id
CROSS JOIN LATERAL (
    VALUES
    ('numbering', seal.number <> seal.former_number + 1 OR seal.day <= seal.former_day),
    (
        'hash',
        seal.hash <> public.seal_hash(
            seal.former_hash, seal.org_id, seal.day, seal.lines, seal.last_ids, seal.digest,
            seal.ends_at, seal.sealed_at, seal.xact_id, seal.snapshot
        )
    ),
    (
        'leaves',
        (digested.lines, digested.events, digested.digest)
        IS DISTINCT FROM (seal.lines, seal.events, seal.digest)
    )
) AS finding (name, is_so)
WHERE finding.is_so
UNION ALL
SELECT NULL, NULL, NULL, 'seal', digested.lines
FROM digested
WHERE NOT EXISTS (SELECT FROM public.seals WHERE seals.id = digested.seal_id)
ORDER BY org_id, number
