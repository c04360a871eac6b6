-- Return the events of the ledger of purchases of an org, newest first, for an export.
-- OFFSET 0 keeps the planner from other plans than a look-up of each key, which needs no memory and
-- no statistics.
-- Names of rows that belong to another org are null, and so are values that an event did not
-- change. Parameters: the org, and the first and the last time or null.
SELECT
    event.occurred_at,
    'P' || event.id AS line,
    event.kind,
    former.full_name AS former_client,
    client.full_name,
    client.email,
    offer.name AS offer,
    CASE
        WHEN event.sessions_total IS DISTINCT FROM event.sessions_total_before
            THEN event.sessions_total_before
    END AS sessions_total_before,
    CASE
        WHEN event.sessions_total IS DISTINCT FROM event.sessions_total_before
            THEN event.sessions_total
    END AS sessions_total,
    CASE
        WHEN event.payment_status IS DISTINCT FROM event.payment_status_before
            THEN event.payment_status_before
    END AS payment_before,
    CASE
        WHEN event.payment_status IS DISTINCT FROM event.payment_status_before
            THEN event.payment_status
    END AS payment_status,
    coalesce(event.amount_paid_cents, event.amount_paid_cents_before) AS amount_paid_cents,
    coalesce(event.currency, event.currency_before) AS currency,
    request.note,
    coalesce(nullif(actor.first_name, ''), actor.username) AS actor,
    CASE WHEN request.request_id IS NULL THEN event.db_role END AS program,
    event.purchase_id
FROM public.purchase_events AS event
LEFT JOIN LATERAL (
    SELECT found.full_name, found.email
    FROM public.clients AS found
    WHERE
        found.id = coalesce(event.client_id, event.client_id_before)
        AND found.org_id = event.org_id
    OFFSET 0
) AS client ON true
LEFT JOIN LATERAL (
    SELECT found.full_name
    FROM public.clients AS found
    WHERE
        event.client_id_before <> event.client_id
        AND found.id = event.client_id_before
        AND found.org_id = event.org_id
    OFFSET 0
) AS former ON true
LEFT JOIN LATERAL (
    SELECT found.name
    FROM public.offers AS found
    WHERE
        found.id = coalesce(event.offer_id, event.offer_id_before)
        AND found.org_id = event.org_id
    OFFSET 0
) AS offer ON true
LEFT JOIN public.session_requests AS request ON request.request_id = event.request_id
LEFT JOIN public.studio_user AS actor ON actor.id = request.actor_id
WHERE
    event.org_id = %(org_id)s::uuid
    AND (%(first)s::timestamptz IS NULL OR event.occurred_at >= %(first)s::timestamptz)
    AND (%(last)s::timestamptz IS NULL OR event.occurred_at <= %(last)s::timestamptz)
ORDER BY event.id DESC
