-- Return the newest purchase of each of these clients of an org who has one: the time by which the
-- list is ordered, as text in UTC, the ids of the purchase and the client, and the number of
-- purchases. The newest come first. Return at most `limit` rows.
SELECT
    (first.purchased_at AT TIME ZONE 'UTC')::text,
    first.id,
    first.client_id,
    (
        SELECT count(*)
        FROM public.client_purchases AS purchase
        WHERE purchase.client_id = first.client_id AND purchase.org_id = %(org_id)s
    )
FROM (
    SELECT newest.*
    FROM (SELECT DISTINCT unnest(%(client_ids)s::uuid[]) AS id) AS client
    CROSS JOIN LATERAL (
        SELECT purchase.id, purchase.client_id, purchase.purchased_at
        FROM public.client_purchases AS purchase
        WHERE purchase.client_id = client.id AND purchase.org_id = %(org_id)s
        ORDER BY purchase.purchased_at DESC, purchase.id DESC
        LIMIT 1
    ) AS newest
    ORDER BY newest.purchased_at DESC, newest.id DESC
    LIMIT %(limit)s
) AS first
ORDER BY first.purchased_at DESC, first.id DESC
