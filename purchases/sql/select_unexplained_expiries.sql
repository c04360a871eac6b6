-- Return the purchases, with ids above `after` and up to `last` (null for no bound), whose expiry
-- differs from the one that they were opened with and has no event since.
-- Return the purchase, its expiry as text, and the recorded one as text; null means never.
SELECT purchase.id, purchase.expires_at::text AS current, opened.expires_at::text AS recorded
FROM public.client_purchases AS purchase
CROSS JOIN LATERAL (
    SELECT event.expires_at, event.occurred_at
    FROM public.purchase_events AS event
    WHERE event.purchase_id = purchase.id AND event.kind IN ('opened', 'sold')
    ORDER BY event.id DESC
    LIMIT 1
) AS opened
WHERE (%(after)s::uuid IS NULL OR purchase.id > %(after)s::uuid)
    AND (%(last)s::uuid IS NULL OR purchase.id <= %(last)s::uuid)
    AND opened.expires_at IS DISTINCT FROM purchase.expires_at
    AND NOT EXISTS (
        SELECT FROM public.expiry_events AS event WHERE event.purchase_id = purchase.id
    )
ORDER BY purchase.id
