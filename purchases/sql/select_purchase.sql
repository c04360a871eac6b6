-- Return a purchase of an org with its client and its offer. Return no row if the org has no such
-- purchase. Times that Python cannot represent are replaced by the year 9999 or 1000, as the ORM reads them.
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
FROM public.client_purchases AS purchase
INNER JOIN public.clients AS client ON client.id = purchase.client_id
INNER JOIN public.offers AS offer ON offer.id = purchase.offer_id
WHERE purchase.id = %(purchase_id)s AND purchase.org_id = %(org_id)s
