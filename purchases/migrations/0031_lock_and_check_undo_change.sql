-- Lock a purchase until the transaction ends, and return the refusal of undoing a correction of its
-- bought sessions, a transfer, a refund, a payment or its sale: a code of Refusal in Python, or
-- null. A change can be undone only if no later change of the same column remains. A sale can be
-- undone only if no later change of the purchase remains, and no session of it is used.
-- The function is VOLATILE, because it must not read with the snapshot from before the lock.
CREATE OR REPLACE FUNCTION public.lock_and_check_undo_change(p_purchase_id uuid, p_event_id bigint)
RETURNS text
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_purchase record;
    v_event public.purchase_events;
BEGIN
    SELECT org_id, client_id, sessions_total, sessions_used, payment_status INTO v_purchase
    FROM public.client_purchases WHERE id = p_purchase_id FOR NO KEY UPDATE;
    SELECT * INTO v_event FROM public.purchase_events
    WHERE id = p_event_id
        AND purchase_id = p_purchase_id
        AND kind IN ('sold', 'corrected', 'transferred', 'refunded', 'paid')
        AND request_id IS NOT NULL;
    IF NOT FOUND OR v_purchase IS NULL THEN
        RETURN 'changed_since';
    END IF;
    IF EXISTS (SELECT FROM public.purchase_events WHERE reverses_id = p_event_id) THEN
        RETURN 'undone';
    END IF;
    IF v_event.kind = 'sold' THEN
        RETURN CASE
            WHEN v_purchase.payment_status = 'refunded' OR EXISTS (
                SELECT FROM public.purchase_events AS later
                WHERE later.purchase_id = p_purchase_id
                    AND later.id > p_event_id
                    AND later.reverses_id IS NULL
                    AND NOT EXISTS (
                        SELECT FROM public.purchase_events AS undo WHERE undo.reverses_id = later.id
                    )
            ) OR EXISTS (
                SELECT FROM public.expiry_events AS later
                WHERE later.purchase_id = p_purchase_id
                    AND later.reverses_id IS NULL
                    AND NOT EXISTS (
                        SELECT FROM public.expiry_events AS undo WHERE undo.reverses_id = later.id
                    )
            ) THEN 'changed_since'
            WHEN v_purchase.sessions_used <> 0 THEN 'sale_used'
        END;
    END IF;
    -- A later change of the same column, unless it was undone.
    IF EXISTS (
        SELECT FROM public.purchase_events AS later
        WHERE later.purchase_id = p_purchase_id
            AND later.id > p_event_id
            AND later.reverses_id IS NULL
            AND NOT EXISTS (
                SELECT FROM public.purchase_events AS undo WHERE undo.reverses_id = later.id
            )
            AND (
                later.client_id <> later.client_id_before
                AND v_event.client_id <> v_event.client_id_before
                OR later.sessions_total IS DISTINCT FROM later.sessions_total_before
                AND v_event.sessions_total IS DISTINCT FROM v_event.sessions_total_before
                OR later.payment_status IS DISTINCT FROM later.payment_status_before
                AND v_event.payment_status IS DISTINCT FROM v_event.payment_status_before
            )
    ) THEN
        RETURN 'changed_since';
    END IF;
    IF v_event.client_id <> v_event.client_id_before
        AND (
            v_purchase.client_id <> v_event.client_id
            OR NOT EXISTS (
                SELECT FROM public.clients
                WHERE id = v_event.client_id_before AND org_id = v_purchase.org_id
            )
        )
        OR v_event.sessions_total IS DISTINCT FROM v_event.sessions_total_before
        AND v_purchase.sessions_total IS DISTINCT FROM v_event.sessions_total
        OR v_event.payment_status IS DISTINCT FROM v_event.payment_status_before
        AND v_purchase.payment_status IS DISTINCT FROM v_event.payment_status
    THEN
        RETURN 'changed_since';
    END IF;
    IF v_event.sessions_total IS DISTINCT FROM v_event.sessions_total_before
        AND v_purchase.sessions_used > v_event.sessions_total_before
    THEN
        RETURN 'used_since';
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.lock_and_check_undo_change(uuid, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.lock_and_check_undo_change(uuid, bigint) IS
'Studio: locks a purchase and returns the refusal of undoing a change of it, or null.';
