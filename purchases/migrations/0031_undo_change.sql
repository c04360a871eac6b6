-- Undo a correction of the bought sessions, a transfer, a refund, a payment or a sale, and return
-- null. If it cannot be undone, change nothing and return the refusal of
-- lock_and_check_undo_change(). The purchase of an undone sale stays, with what was sold. It counts
-- as refunded, so it cannot be used, extended or paid.
CREATE OR REPLACE FUNCTION public.undo_change(p_purchase_id uuid, p_event_id bigint) RETURNS text
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: undo_change'
AS $$
DECLARE
    v_event public.purchase_events;
    v_refusal text := public.lock_and_check_undo_change(p_purchase_id, p_event_id);
BEGIN
    IF v_refusal IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    IF p_event_id IS DISTINCT FROM (
        SELECT event_id FROM public.session_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid
    ) THEN
        RETURN 'changed_since';
    END IF;
    SELECT * INTO v_event FROM public.purchase_events WHERE id = p_event_id;
    UPDATE public.client_purchases
    SET
        client_id = CASE
            WHEN v_event.client_id <> v_event.client_id_before THEN v_event.client_id_before
            ELSE client_id
        END,
        sessions_total = CASE
            WHEN v_event.kind = 'sold' THEN sessions_total
            WHEN v_event.sessions_total IS DISTINCT FROM v_event.sessions_total_before
                THEN v_event.sessions_total_before
            ELSE sessions_total
        END,
        payment_status = CASE
            WHEN v_event.kind = 'sold' THEN 'refunded'
            WHEN v_event.payment_status IS DISTINCT FROM v_event.payment_status_before
                THEN v_event.payment_status_before
            ELSE payment_status
        END
    WHERE id = p_purchase_id;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.undo_change(uuid, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.undo_change(uuid, bigint) IS
'Studio: undoes a correction, transfer, refund, payment or sale; returns null, or why it cannot.';
