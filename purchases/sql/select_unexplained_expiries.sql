-- Return the purchases, with ids above `after` and up to `last` (null for no bound), whose expiry
-- differs from the one that they were opened with and has no event since.
-- Return the purchase, its expiry as text, and the recorded one as text; null means never.
-- Only the last opening counts, if a deleted purchase was inserted again.
SELECT purchase.id, purchase.expires_at::text AS current, opened.expires_at::text AS recorded
FROM public.client_purchases AS purchase
INNER JOIN public.purchase_events AS opened
    ON opened.purchase_id = purchase.id
    AND opened.kind IN ('opened', 'sold')
    AND opened.expires_at IS DISTINCT FROM purchase.expires_at
WHERE (%(after)s::uuid IS NULL OR purchase.id > %(after)s::uuid)
    AND (%(last)s::uuid IS NULL OR purchase.id <= %(last)s::uuid)
    AND (%(after)s::uuid IS NULL OR opened.purchase_id > %(after)s::uuid)
    AND (%(last)s::uuid IS NULL OR opened.purchase_id <= %(last)s::uuid)
    AND NOT EXISTS (
        SELECT
        FROM public.purchase_events AS later
        WHERE later.purchase_id = opened.purchase_id
            AND later.kind IN ('opened', 'sold')
            AND later.id > opened.id
    )
    AND NOT EXISTS (
        SELECT FROM public.expiry_events AS event WHERE event.purchase_id = purchase.id
    )
ORDER BY purchase.id
