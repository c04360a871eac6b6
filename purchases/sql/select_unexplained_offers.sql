-- Return the offers that differ from their last event in offer_events, and the events that do not
-- continue the event before: the offer, the event, the finding, and the names of columns that differ.
-- An offer without an event is older than the ledger.
WITH event AS (
    SELECT
        event.*,
        lead(event.id) OVER by_id IS NULL AS is_last,
        lag(event.kind) OVER by_id AS kind_before,
        lag(event.after) OVER by_id AS after_before
    FROM public.offer_events AS event
    WINDOW by_id AS (PARTITION BY event.offer_id ORDER BY event.id)
),

compared AS (
    SELECT
        event.offer_id,
        event.id,
        event.kind,
        offer.id IS NULL AS is_gone,
        ARRAY(
            SELECT recorded.key
            FROM jsonb_each(event.after) AS recorded
            WHERE recorded.value IS DISTINCT FROM to_jsonb(offer) -> recorded.key
            UNION ALL
            SELECT 'org_id' WHERE event.org_id <> offer.org_id
            ORDER BY key
        ) AS differing
    FROM event
    LEFT JOIN public.offers AS offer ON offer.id = event.offer_id
    WHERE event.is_last
)

SELECT offer_id AS record_id, id AS event_id, 'gap' AS finding, NULL::text[] AS differing
FROM event
WHERE kind_before IS NOT NULL AND before IS DISTINCT FROM after_before
UNION ALL
SELECT
    offer_id,
    id,
    CASE
        WHEN kind = 'deleted' THEN 'returned'
        WHEN is_gone THEN 'gone'
        ELSE 'differs'
    END,
    CASE WHEN kind <> 'deleted' AND NOT is_gone THEN differing END
FROM compared
WHERE CASE
    WHEN kind = 'deleted' THEN NOT is_gone
    ELSE is_gone OR cardinality(differing) > 0
END
ORDER BY record_id, event_id
