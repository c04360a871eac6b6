-- Returns what stands against undoing a reinstatement of a purchase, as an objection of a request or
-- null (as where the purchase was deleted meanwhile), and keeps every other change of that purchase
-- waiting until the transaction ends: what is said is still so when the undo is tried.
-- It is not STABLE, since it must not look in the snapshot that its caller had before the wait.
CREATE FUNCTION public.hold_for_undo(p_purchase_id uuid, p_event_id bigint) RETURNS text
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_used int;
    v_total int;
BEGIN
    SELECT sessions_used, sessions_total INTO v_used, v_total
    FROM public.client_purchases WHERE id = p_purchase_id FOR NO KEY UPDATE;
    RETURN CASE
        WHEN NOT FOUND THEN NULL
        WHEN public.event_to_reverse(p_purchase_id, 'undone', p_event_id) IS NULL THEN 'undone'
        WHEN v_used IS NULL THEN 'count_missing'
        WHEN v_used < 0 OR v_used > v_total THEN 'count_is_off'
        WHEN v_used = v_total THEN 'no_room'
    END;
END
$$;

REVOKE ALL ON FUNCTION public.hold_for_undo(uuid, bigint) FROM PUBLIC;
