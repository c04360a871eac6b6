-- Return the purchases, with ids above `after` and up to `last` (null for no bound), that differ
-- from their last event in purchase_events, and the events that do not continue the event before.
-- Return the purchase, the event or null, the finding, and the names of columns that differ.
WITH event AS MATERIALIZED (
    SELECT
        event.id,
        event.purchase_id,
        event.kind,
        event.kind IN ('opened', 'sold') AS is_opening,
        (
            event.org_id_before, event.client_id_before, event.offer_id_before,
            event.sessions_total_before, event.amount_paid_cents_before, event.currency_before,
            event.payment_status_before, event.payment_method_before, event.purchased_at_before,
            event.created_at_before
        ) IS DISTINCT FROM lag((
            event.org_id, event.client_id, event.offer_id, event.sessions_total,
            event.amount_paid_cents, event.currency, event.payment_status, event.payment_method,
            event.purchased_at, event.created_at
        )) OVER by_id AS is_gap,
        lag(event.kind) OVER by_id AS kind_before,
        lead(event.id) OVER by_id IS NULL AS is_last
    FROM public.purchase_events AS event
    WHERE (%(after)s::uuid IS NULL OR event.purchase_id > %(after)s::uuid)
        AND (%(last)s::uuid IS NULL OR event.purchase_id <= %(last)s::uuid)
    WINDOW by_id AS (PARTITION BY event.purchase_id ORDER BY event.id)
),

purchase AS (
    SELECT *
    FROM public.client_purchases
    WHERE (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
        AND (%(last)s::uuid IS NULL OR id <= %(last)s::uuid)
)

SELECT event.purchase_id, event.id AS event_id, 'gap' AS finding, NULL::text[] AS differing
FROM event
WHERE CASE
    WHEN event.is_opening THEN event.kind_before <> 'deleted'
    ELSE event.kind_before IS NULL OR event.kind_before = 'deleted' OR event.is_gap
END
UNION ALL
SELECT purchase.id, NULL, 'unopened', NULL
FROM purchase
WHERE NOT EXISTS (SELECT FROM event WHERE event.purchase_id = purchase.id)
UNION ALL
SELECT event.purchase_id, event.id, 'gone', NULL
FROM event
WHERE event.is_last
    AND event.kind <> 'deleted'
    AND NOT EXISTS (SELECT FROM purchase WHERE purchase.id = event.purchase_id)
UNION ALL
SELECT purchase.id, event.id, 'differs', compared.differing
FROM purchase
INNER JOIN event ON event.purchase_id = purchase.id AND event.is_last
INNER JOIN public.purchase_events AS newest ON newest.id = event.id
CROSS JOIN LATERAL (
    SELECT array_remove(ARRAY[
        CASE WHEN newest.org_id IS DISTINCT FROM purchase.org_id THEN 'org_id' END,
        CASE WHEN newest.client_id IS DISTINCT FROM purchase.client_id THEN 'client_id' END,
        CASE WHEN newest.offer_id IS DISTINCT FROM purchase.offer_id THEN 'offer_id' END,
        CASE
            WHEN newest.sessions_total IS DISTINCT FROM purchase.sessions_total
                THEN 'sessions_total'
        END,
        CASE
            WHEN newest.amount_paid_cents IS DISTINCT FROM purchase.amount_paid_cents
                THEN 'amount_paid_cents'
        END,
        CASE WHEN newest.currency IS DISTINCT FROM purchase.currency THEN 'currency' END,
        CASE
            WHEN newest.payment_status IS DISTINCT FROM purchase.payment_status
                THEN 'payment_status'
        END,
        CASE
            WHEN newest.payment_method IS DISTINCT FROM purchase.payment_method
                THEN 'payment_method'
        END,
        CASE
            WHEN newest.purchased_at IS DISTINCT FROM purchase.purchased_at THEN 'purchased_at'
        END,
        CASE WHEN newest.created_at IS DISTINCT FROM purchase.created_at THEN 'created_at' END
    ], NULL) AS differing
) AS compared
WHERE cardinality(compared.differing) > 0
ORDER BY purchase_id, event_id
