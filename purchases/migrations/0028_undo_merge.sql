-- Undo a merge of two clients, and return null: the purchases that it moved go back, and both
-- clients get the values that they had. If it cannot be undone, change nothing and return the
-- refusal of lock_and_check_undo_merge().
CREATE FUNCTION public.undo_merge(p_client_id uuid, p_event_id bigint) RETURNS text
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_client_operation().
SET application_name = 'studio: undo_merge'
AS $$
DECLARE
    v_event public.client_events;
    v_refusal text := public.lock_and_check_undo_merge(p_client_id, p_event_id);
BEGIN
    IF v_refusal IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    IF p_event_id IS DISTINCT FROM (
        SELECT event_id FROM public.client_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid
    ) THEN
        RETURN 'changed_since';
    END IF;
    SELECT * INTO v_event FROM public.client_events WHERE id = p_event_id;
    -- First, because follow_merge() would give the purchases to the kept client again.
    DELETE FROM public.merged_clients WHERE client_id = v_event.client_id;
    UPDATE public.client_purchases SET client_id = v_event.client_id
    WHERE id IN (
        SELECT purchase_id FROM public.purchase_events
        WHERE client_request_id = v_event.request_id
    );
    UPDATE public.clients AS client
    SET full_name = merged.full_name_before, email = merged.email_before,
        phone = merged.phone_before, notes = merged.notes_before
    FROM public.client_events AS merged
    WHERE client.id = p_client_id
        AND merged.request_id = v_event.request_id
        AND merged.client_id = p_client_id;
    UPDATE public.clients SET status = v_event.status_before WHERE id = v_event.client_id;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.undo_merge(uuid, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.undo_merge(uuid, bigint) IS
'Studio: undoes a merge of two clients; returns null, or why it cannot.';
