-- Return the events of the ledger of used counts of an org, newest first, for an export.
-- OFFSET 0 keeps the planner from other plans than a look-up of each key, which needs no memory and
-- no statistics.
-- Names of rows that belong to another org are null. Parameters: the org, the first and the last
-- time or null, and the kinds or null.
SELECT
    event.occurred_at,
    'C' || event.id AS line,
    event.kind,
    event.delta,
    event.sessions_used,
    EXISTS (
        SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
    ) AS is_reversed,
    client.full_name,
    client.email,
    offer.name AS offer,
    request.reason,
    request.note,
    coalesce(nullif(actor.first_name, ''), actor.username) AS actor,
    coalesce(nullif(approver.first_name, ''), approver.username) AS approver,
    CASE WHEN request.request_id IS NULL THEN event.db_role END AS program,
    event.purchase_id
FROM public.session_events AS event
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
LEFT JOIN public.studio_user AS approver ON approver.id = request.approved_by_id
WHERE
    event.org_id = %(org_id)s::uuid
    AND (%(first)s::timestamptz IS NULL OR event.occurred_at >= %(first)s::timestamptz)
    AND (%(last)s::timestamptz IS NULL OR event.occurred_at <= %(last)s::timestamptz)
    AND (%(kinds)s::text[] IS NULL OR event.kind = ANY (%(kinds)s::text[]))
ORDER BY event.id DESC
