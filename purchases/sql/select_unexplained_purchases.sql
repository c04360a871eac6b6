-- Return the purchases, with ids above `after` and up to `last` (null for no bound), that differ
-- from their last event in purchase_events, and the events that do not continue the event before.
-- Return the purchase, the event or null, the finding, and the names of columns that differ.
-- `chained` has the purchases that can have a gap: most have one event, which opens their ledger.
-- `compared` also has earlier events, which may differ from the purchase of today.
WITH purchase AS NOT MATERIALIZED (
    SELECT *
    FROM public.client_purchases
    WHERE (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
        AND (%(last)s::uuid IS NULL OR id <= %(last)s::uuid)
),

event AS NOT MATERIALIZED (
    SELECT *
    FROM public.purchase_events
    WHERE (%(after)s::uuid IS NULL OR purchase_id > %(after)s::uuid)
        AND (%(last)s::uuid IS NULL OR purchase_id <= %(last)s::uuid)
),

chained AS (
    SELECT purchase_id
    FROM event
    GROUP BY purchase_id
    HAVING count(*) > 1 OR min(kind) NOT IN ('opened', 'sold')
),

chain AS (
    SELECT
        event.id,
        event.purchase_id,
        event.kind,
        lag(event.kind) OVER by_id AS kind_before,
        (
            event.org_id_before, event.client_id_before, event.offer_id_before,
            event.sessions_total_before, event.amount_paid_cents_before, event.currency_before,
            event.payment_status_before, event.payment_method_before, event.purchased_at_before,
            event.created_at_before
        ) IS DISTINCT FROM lag((
            event.org_id, event.client_id, event.offer_id, event.sessions_total,
            event.amount_paid_cents, event.currency, event.payment_status, event.payment_method,
            event.purchased_at, event.created_at
        )) OVER by_id AS is_gap
    FROM event
    INNER JOIN chained ON chained.purchase_id = event.purchase_id
    WINDOW by_id AS (PARTITION BY event.purchase_id ORDER BY event.id)
),

compared AS (
    SELECT
        coalesce(purchase.id, event.purchase_id) AS purchase_id,
        purchase.id IS NULL AS is_gone,
        event.id,
        event.kind,
        found.differing
    FROM purchase
    FULL JOIN event ON event.purchase_id = purchase.id
    CROSS JOIN LATERAL (
        SELECT array_remove(ARRAY[
            CASE WHEN event.org_id IS DISTINCT FROM purchase.org_id THEN 'org_id' END,
            CASE WHEN event.client_id IS DISTINCT FROM purchase.client_id THEN 'client_id' END,
            CASE WHEN event.offer_id IS DISTINCT FROM purchase.offer_id THEN 'offer_id' END,
            CASE
                WHEN event.sessions_total IS DISTINCT FROM purchase.sessions_total
                    THEN 'sessions_total'
            END,
            CASE
                WHEN event.amount_paid_cents IS DISTINCT FROM purchase.amount_paid_cents
                    THEN 'amount_paid_cents'
            END,
            CASE WHEN event.currency IS DISTINCT FROM purchase.currency THEN 'currency' END,
            CASE
                WHEN event.payment_status IS DISTINCT FROM purchase.payment_status
                    THEN 'payment_status'
            END,
            CASE
                WHEN event.payment_method IS DISTINCT FROM purchase.payment_method
                    THEN 'payment_method'
            END,
            CASE
                WHEN event.purchased_at IS DISTINCT FROM purchase.purchased_at THEN 'purchased_at'
            END,
            CASE WHEN event.created_at IS DISTINCT FROM purchase.created_at THEN 'created_at' END
        ], NULL) AS differing
    ) AS found
    WHERE purchase.id IS NULL OR cardinality(found.differing) > 0
)

SELECT purchase_id AS record_id, id AS event_id, 'gap' AS finding, NULL::text[] AS differing
FROM chain
WHERE CASE
    WHEN kind IN ('opened', 'sold') THEN kind_before <> 'deleted'
    ELSE kind_before IS NULL OR kind_before = 'deleted' OR is_gap
END
UNION ALL
SELECT purchase_id, NULL, 'unopened', NULL
FROM compared
WHERE id IS NULL
UNION ALL
SELECT
    compared.purchase_id,
    compared.id,
    CASE WHEN compared.is_gone THEN 'gone' ELSE 'differs' END,
    CASE WHEN NOT compared.is_gone THEN compared.differing END
FROM compared
WHERE compared.id IS NOT NULL
    AND NOT (compared.is_gone AND compared.kind = 'deleted')
    AND NOT EXISTS (
        SELECT
        FROM public.purchase_events AS later
        WHERE later.purchase_id = compared.purchase_id AND later.id > compared.id
    )
ORDER BY record_id, event_id
