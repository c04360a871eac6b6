-- Lock a purchase until the transaction ends, and return the refusal of undoing a change of its
-- count: a code of Refusal in Python, or null if it can be undone or the purchase does not exist.
-- Because of the lock the refusal is still true when the undo is tried.
-- The function is VOLATILE, because it must not read with the snapshot from before the lock.
CREATE OR REPLACE FUNCTION public.lock_and_check_undo(p_purchase_id uuid, p_event_id bigint)
RETURNS text
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_used int;
    v_total int;
    v_event_id bigint;
    v_delta int;
BEGIN
    SELECT sessions_used, sessions_total INTO v_used, v_total
    FROM public.client_purchases WHERE id = p_purchase_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    v_event_id := public.event_to_reverse(p_purchase_id, 'undo', p_event_id);
    v_delta := (SELECT delta FROM public.session_events WHERE id = v_event_id);
    RETURN CASE
        WHEN v_event_id IS NULL THEN 'undone'
        WHEN v_used IS NULL THEN 'count_missing'
        WHEN v_used < 0 OR v_used > v_total THEN 'count_is_off'
        WHEN v_used - v_delta > v_total THEN 'no_room'
        WHEN v_used - v_delta < 0 THEN 'too_few_used'
    END;
END
$$;

REVOKE ALL ON FUNCTION public.lock_and_check_undo(uuid, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.lock_and_check_undo(uuid, bigint) IS
'Studio: locks a purchase and returns the refusal of undoing a change of its count, or null.';
