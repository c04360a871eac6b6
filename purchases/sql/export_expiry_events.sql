-- Return the events of the ledger of expiries of an org, newest first, for an export.
-- OFFSET 0 keeps the planner from other plans than a look-up of each key, which needs no memory and
-- no statistics.
-- Names of rows that belong to another org are null. Times that Python does not have are read as
-- ClampedDateTimeField reads them. Parameters: the org, and the first and the last time or null.
SELECT
    event.occurred_at,
    'E' || event.id AS line,
    event.kind,
    CASE
        WHEN event.expires_before > timestamptz '9999-12-01 00:00Z' THEN timestamptz '9999-12-01 00:00Z'
        WHEN event.expires_before < timestamptz '1000-01-02 00:00Z' THEN timestamptz '1000-01-02 00:00Z'
        ELSE event.expires_before
    END AS expires_before,
    CASE
        WHEN event.expires_at > timestamptz '9999-12-01 00:00Z' THEN timestamptz '9999-12-01 00:00Z'
        WHEN event.expires_at < timestamptz '1000-01-02 00:00Z' THEN timestamptz '1000-01-02 00:00Z'
        ELSE event.expires_at
    END AS expires_at,
    client.full_name,
    client.email,
    offer.name AS offer,
    request.note,
    coalesce(nullif(actor.first_name, ''), actor.username) AS actor,
    CASE WHEN request.request_id IS NULL THEN event.db_role END AS program,
    event.purchase_id
FROM public.expiry_events AS event
LEFT JOIN LATERAL (
    SELECT found.client_id, found.offer_id
    FROM public.client_purchases AS found
    WHERE found.id = event.purchase_id AND found.org_id = event.org_id
    OFFSET 0
) AS purchase ON true
LEFT JOIN LATERAL (
    SELECT found.full_name, found.email
    FROM public.clients AS found
    WHERE found.id = purchase.client_id AND found.org_id = event.org_id
    OFFSET 0
) AS client ON true
LEFT JOIN LATERAL (
    SELECT found.name
    FROM public.offers AS found
    WHERE found.id = purchase.offer_id AND found.org_id = event.org_id
    OFFSET 0
) AS offer ON true
LEFT JOIN public.session_requests AS request ON request.request_id = event.request_id
LEFT JOIN public.studio_user AS actor ON actor.id = request.actor_id
WHERE
    event.org_id = %(org_id)s::uuid
    AND (%(first)s::timestamptz IS NULL OR event.occurred_at >= %(first)s::timestamptz)
    AND (%(last)s::timestamptz IS NULL OR event.occurred_at <= %(last)s::timestamptz)
ORDER BY event.id DESC
