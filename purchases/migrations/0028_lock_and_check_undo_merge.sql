-- Lock the two clients of a merge until the transaction ends, and return the refusal of undoing it:
-- a code of Refusal in Python, or null. It can be undone only if nothing has changed what it set:
-- the values of the kept client, the status of the other record, and the client of each purchase.
-- The function is VOLATILE, because it must not read with the snapshot from before the locks.
CREATE FUNCTION public.lock_and_check_undo_merge(p_client_id uuid, p_event_id bigint)
RETURNS text
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_event public.client_events;
BEGIN
    SELECT * INTO v_event FROM public.client_events
    WHERE id = p_event_id AND kind = 'merged' AND other_client_id = p_client_id
        AND status = 'merged';
    IF NOT FOUND THEN
        RETURN 'changed_since';
    END IF;
    PERFORM FROM public.clients
    WHERE id IN (p_client_id, v_event.client_id) ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT FROM public.client_events WHERE reverses_id = p_event_id) THEN
        RETURN 'undone';
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.merged_clients AS merged
            JOIN public.clients AS other ON other.id = merged.client_id
        WHERE merged.client_id = v_event.client_id
            AND merged.kept_client_id = p_client_id
            AND other.status = 'merged'
    ) OR EXISTS (
        SELECT FROM public.client_events AS merged
            JOIN public.clients AS client ON client.id = merged.client_id
        WHERE merged.request_id = v_event.request_id
            AND merged.client_id = p_client_id
            AND (
                merged.erased_at IS NOT NULL
                OR (merged.full_name, merged.email, merged.phone, merged.notes)
                IS DISTINCT FROM (client.full_name, client.email, client.phone, client.notes)
            )
    ) OR EXISTS (
        SELECT FROM public.purchase_events AS moved
            JOIN public.client_purchases AS purchase ON purchase.id = moved.purchase_id
        WHERE moved.client_request_id = v_event.request_id
            AND purchase.client_id <> p_client_id
    ) THEN
        RETURN 'changed_since';
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.lock_and_check_undo_merge(uuid, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.lock_and_check_undo_merge(uuid, bigint) IS
'Studio: locks the clients of a merge and returns the refusal of undoing it, or null.';
