-- Return the purchases of these clients of an org, each with its client and its offer: of each
-- client at most `most`. Those come first that can be used at `now`, then other current ones, and the
-- newest first among these. `PurchaseQuerySet.with_usability` has the same order. Times that Python
-- cannot represent are replaced by the year 9999 or 1000, as the ORM reads them.
SELECT
    purchase.id,
    purchase.org_id,
    purchase.client_id,
    purchase.offer_id,
    purchase.amount_paid_cents,
    purchase.currency,
    purchase.sessions_total,
    purchase.sessions_used,
    purchase.sessions_remaining,
    CASE
        WHEN purchase.purchased_at > timestamptz '9999-12-01 00:00Z' THEN timestamptz '9999-12-01 00:00Z'
        WHEN purchase.purchased_at < timestamptz '1000-01-02 00:00Z' THEN timestamptz '1000-01-02 00:00Z'
        ELSE purchase.purchased_at
    END,
    CASE
        WHEN purchase.expires_at > timestamptz '9999-12-01 00:00Z' THEN timestamptz '9999-12-01 00:00Z'
        WHEN purchase.expires_at < timestamptz '1000-01-02 00:00Z' THEN timestamptz '1000-01-02 00:00Z'
        ELSE purchase.expires_at
    END,
    purchase.payment_status,
    purchase.payment_method,
    CASE
        WHEN purchase.created_at > timestamptz '9999-12-01 00:00Z' THEN timestamptz '9999-12-01 00:00Z'
        WHEN purchase.created_at < timestamptz '1000-01-02 00:00Z' THEN timestamptz '1000-01-02 00:00Z'
        ELSE purchase.created_at
    END,
    client.id,
    client.org_id,
    CASE
        WHEN client.created_at > timestamptz '9999-12-01 00:00Z' THEN timestamptz '9999-12-01 00:00Z'
        WHEN client.created_at < timestamptz '1000-01-02 00:00Z' THEN timestamptz '1000-01-02 00:00Z'
        ELSE client.created_at
    END,
    client.full_name,
    client.email,
    client.phone,
    client.status,
    client.notes,
    offer.id,
    offer.org_id,
    offer.name,
    offer.description,
    offer.offer_type,
    offer.price_cents,
    offer.currency,
    offer.sessions_included,
    offer.bonus_sessions,
    offer.pack_validity_days,
    offer.is_active,
    CASE
        WHEN offer.created_at > timestamptz '9999-12-01 00:00Z' THEN timestamptz '9999-12-01 00:00Z'
        WHEN offer.created_at < timestamptz '1000-01-02 00:00Z' THEN timestamptz '1000-01-02 00:00Z'
        ELSE offer.created_at
    END,
    CASE
        WHEN offer.updated_at > timestamptz '9999-12-01 00:00Z' THEN timestamptz '9999-12-01 00:00Z'
        WHEN offer.updated_at < timestamptz '1000-01-02 00:00Z' THEN timestamptz '1000-01-02 00:00Z'
        ELSE offer.updated_at
    END
FROM (SELECT DISTINCT unnest(%(client_ids)s::uuid[]) AS id) AS listed
CROSS JOIN LATERAL (
    SELECT
        bought.*,
        CASE
            WHEN bought.expires_at <= %(now)s THEN 2
            WHEN
                bought.payment_status = 'succeeded'
                AND bought.sessions_remaining > 0
                AND bought.sessions_used >= 0
                THEN 0
            WHEN bought.sessions_remaining <= 0 OR bought.payment_status = 'refunded' THEN 2
            ELSE 1
        END AS usability
    FROM public.client_purchases AS bought
    WHERE bought.client_id = listed.id AND bought.org_id = %(org_id)s
    ORDER BY usability, bought.purchased_at DESC, bought.id DESC
    LIMIT %(most)s
) AS purchase
INNER JOIN public.clients AS client ON client.id = purchase.client_id
INNER JOIN public.offers AS offer ON offer.id = purchase.offer_id
ORDER BY purchase.usability, purchase.purchased_at DESC, purchase.id DESC
