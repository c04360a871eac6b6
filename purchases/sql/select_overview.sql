-- Return the numbers of the desk's first page: sessions reinstated since `today` and not undone,
-- paid packs with sessions left that expire until `soon`, and unpaid purchases. Also return the
-- clients of the last `names` reinstatements, the newest first. No count exceeds `most`.
--
-- The conditions are literals, so that a generic plan can use the partial indexes.
WITH reinstated AS MATERIALIZED (
    SELECT event.purchase_id, event.occurred_at
    FROM public.session_events AS event
    WHERE event.org_id = %(org_id)s AND event.kind = 'reinstated'
        AND event.occurred_at >= %(today)s
        AND NOT EXISTS (
            SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
        )
    ORDER BY event.occurred_at DESC
    LIMIT %(most)s
)

SELECT
    (SELECT count(*) FROM reinstated) AS reinstated,
    (
        SELECT count(*)
        FROM (
            SELECT FROM public.client_purchases
            WHERE org_id = %(org_id)s AND expires_at > %(now)s AND expires_at <= %(soon)s
                AND sessions_remaining > 0 AND payment_status = 'succeeded'
            LIMIT %(most)s
        ) AS expiring
    ) AS expiring,
    (
        SELECT count(*)
        FROM (
            SELECT FROM public.client_purchases
            WHERE org_id = %(org_id)s
                AND NOT (
                    payment_status IN ('succeeded', 'refunded') AND payment_status IS NOT NULL
                )
            LIMIT %(most)s
        ) AS unpaid
    ) AS unpaid,
    ARRAY(
        SELECT ARRAY[client.id::text, client.full_name]
        FROM (SELECT * FROM reinstated LIMIT %(names)s) AS latest
            INNER JOIN public.client_purchases AS purchase ON latest.purchase_id = purchase.id
            INNER JOIN public.clients AS client ON purchase.client_id = client.id
        WHERE purchase.org_id = %(org_id)s AND client.org_id = %(org_id)s
        ORDER BY latest.occurred_at DESC
    ) AS clients
