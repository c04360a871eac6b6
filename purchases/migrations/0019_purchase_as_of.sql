-- Return a purchase as it stood at a time, rebuilt from the ledgers alone: no row if it did not
-- exist, had been deleted, or its ledger began later. Transactions that had not committed at that
-- time count by the time of their change.
CREATE FUNCTION public.purchase_as_of(
    p_purchase_id uuid, p_at timestamptz DEFAULT 'infinity'
) RETURNS TABLE (
    id uuid,
    org_id uuid,
    client_id uuid,
    offer_id uuid,
    amount_paid_cents int,
    currency text,
    sessions_total int,
    sessions_used int,
    purchased_at timestamptz,
    expires_at timestamptz,
    payment_status text,
    payment_method text,
    created_at timestamptz
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT state.purchase_id, state.org_id, state.client_id, state.offer_id,
        state.amount_paid_cents, state.currency, state.sessions_total, counted.sessions_used,
        state.purchased_at,
        CASE WHEN changed.id IS NULL THEN opened.expires_at ELSE changed.expires_at END,
        state.payment_status, state.payment_method, state.created_at
    FROM (
        SELECT * FROM public.purchase_events AS event
        WHERE event.purchase_id = p_purchase_id AND event.occurred_at <= p_at
        ORDER BY event.id DESC LIMIT 1
    ) AS state
        LEFT JOIN LATERAL (
            SELECT event.sessions_used FROM public.session_events AS event
            WHERE event.purchase_id = p_purchase_id AND event.occurred_at <= p_at
            ORDER BY event.id DESC LIMIT 1
        ) AS counted ON true
        -- A deleted purchase that is inserted again has a second beginning.
        LEFT JOIN LATERAL (
            SELECT event.expires_at, event.occurred_at FROM public.purchase_events AS event
            WHERE event.purchase_id = p_purchase_id
                AND event.occurred_at <= p_at
                AND event.kind IN ('opened', 'sold')
            ORDER BY event.id DESC LIMIT 1
        ) AS opened ON true
        LEFT JOIN LATERAL (
            SELECT event.id, event.expires_at FROM public.expiry_events AS event
            WHERE event.purchase_id = p_purchase_id
                AND event.occurred_at <= p_at
                AND event.occurred_at > opened.occurred_at
            ORDER BY event.id DESC LIMIT 1
        ) AS changed ON true
    WHERE state.kind <> 'deleted'
$$;

REVOKE ALL ON FUNCTION public.purchase_as_of(uuid, timestamptz) FROM PUBLIC;

COMMENT ON FUNCTION public.purchase_as_of(uuid, timestamptz) IS
'Studio: returns a purchase as it stood at a time, rebuilt from the ledgers.';
