-- Return the rows of the ledgers and the requests that are not as they were sealed, and the finding:
-- changed, deleted, inserted, text_changed, text_unverifiable or text_erased.
-- `claimed` has the rows that claim to be older than the last seal that does not cover them, by their
-- time or by their id. Such a row must come from a transaction that was in progress then. Otherwise it
-- was inserted later. It is compared with the first seal that misses it, too, because the transaction
-- ids of a restored dump start again.
WITH seal AS (
    SELECT
        seals.*,
        ARRAY[
            seals.last_session_event_id,
            seals.last_expiry_event_id,
            seals.last_purchase_event_id
        ] AS last_ids
    FROM public.seals
),

newest AS (
    SELECT DISTINCT ON (seal.org_id) seal.*
    FROM seal
    ORDER BY seal.org_id, seal.number DESC
),

sealable AS MATERIALIZED (
    SELECT
        line.ledger,
        line.row_id,
        line.event_id,
        array_position(
            ARRAY['session_events', 'expiry_events', 'purchase_events'], line.ledger
        ) AS ledger_number,
        line.purchase_id,
        line.written_at,
        line.xact_id,
        line.seal_id,
        CASE WHEN line.seal_id IS NULL THEN line.org_id END AS org_id,
        CASE
            WHEN line.seal_id IS NULL THEN NULL
            WHEN
                line.leaf
                <> sha256(convert_to(line.content, 'UTF8') || coalesce(line.personal_hash, ''))
                THEN 'changed'
            WHEN line.personal_hash IS NULL THEN
                CASE WHEN line.personal IS NOT NULL THEN 'text_changed' END
            WHEN line.salt IS NULL THEN
                CASE
                    WHEN coalesce(line.personal, '(erased)') = '(erased)' THEN 'text_erased'
                    ELSE 'text_unverifiable'
                END
            WHEN
                line.personal_hash
                <> sha256(uuid_send(line.salt) || convert_to(coalesce(line.personal, ''), 'UTF8'))
                THEN 'text_changed'
        END AS finding
    FROM public.ledger_rows() AS line
),

claimed AS (
    SELECT
        sealable.*,
        former.org_id AS chain_id,
        former.number AS former_number,
        former.snapshot,
        former.ends_at
    FROM sealable
    LEFT JOIN seal AS own ON own.id = sealable.seal_id
    LEFT JOIN public.orgs AS org ON org.id = sealable.org_id
    LEFT JOIN newest
        ON
            sealable.seal_id IS NULL
            AND newest.org_id = coalesce(org.id, '00000000-0000-0000-0000-000000000000')
    INNER JOIN seal AS former
        ON
            former.org_id = coalesce(own.org_id, newest.org_id)
            AND former.number = coalesce(own.number - 1, newest.number)
    WHERE
        sealable.written_at < former.ends_at
        OR sealable.event_id <= former.last_ids[sealable.ledger_number]
),

inserted AS (
    SELECT
        claimed.ledger,
        claimed.row_id,
        claimed.purchase_id,
        claimed.finding,
        first_missed.org_id,
        first_missed.number,
        first_missed.day
    FROM claimed
    CROSS JOIN LATERAL (
        SELECT seal.*
        FROM seal
        WHERE
            seal.org_id = claimed.chain_id
            AND seal.number <= claimed.former_number
            AND (
                seal.ends_at > claimed.written_at
                OR seal.last_ids[claimed.ledger_number] >= claimed.event_id
            )
        ORDER BY seal.number
        LIMIT 1
    ) AS first_missed
    WHERE
        claimed.xact_id > first_missed.xact_id
        OR (
            claimed.written_at < claimed.ends_at
            AND (
                claimed.xact_id IS NULL
                OR pg_visible_in_snapshot(claimed.xact_id, claimed.snapshot)
            )
        )
        OR (
            claimed.written_at < first_missed.ends_at
            AND pg_visible_in_snapshot(claimed.xact_id, first_missed.snapshot)
        )
)

SELECT found.org_id, found.number, found.day, found.ledger, found.row_id, found.purchase_id,
    found.finding
FROM (
    SELECT
        seal.org_id, seal.number, seal.day, sealable.ledger, sealable.row_id,
        sealable.purchase_id, sealable.finding
    FROM sealable
    INNER JOIN seal ON seal.id = sealable.seal_id
    WHERE sealable.finding IS NOT NULL
    UNION ALL
    SELECT
        inserted.org_id, inserted.number, inserted.day, inserted.ledger, inserted.row_id,
        inserted.purchase_id, 'inserted'
    FROM inserted
    WHERE inserted.finding IS NULL
    UNION ALL
    SELECT
        seal.org_id, seal.number, seal.day, leaf.ledger, leaf.row_id, NULL, 'deleted'
    FROM public.seal_leaves AS leaf
    INNER JOIN seal ON seal.id = leaf.seal_id
    WHERE NOT EXISTS (
        SELECT
        FROM sealable
        WHERE sealable.ledger = leaf.ledger AND sealable.row_id = leaf.row_id
    )
) AS found
ORDER BY found.org_id, found.number, found.ledger, length(found.row_id), found.row_id
