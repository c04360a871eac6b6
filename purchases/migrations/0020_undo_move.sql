-- Undo a move of a use: the purchase that was charged first is charged again. Return its used
-- sessions after it. Return -1 and change nothing if the move was undone, its use was given back
-- since, or the purchase has no session left.
CREATE FUNCTION public.undo_move(
    p_purchase_id uuid, p_to_purchase_id uuid, p_event_id bigint
) RETURNS int
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: undo_move'
AS $$
DECLARE
    v_used int;
BEGIN
    -- Lock both in the order of their ids, as move_use() does.
    PERFORM FROM public.client_purchases
    WHERE id IN (p_purchase_id, p_to_purchase_id) ORDER BY id FOR NO KEY UPDATE;
    IF p_event_id IS DISTINCT FROM (
        SELECT event_id FROM public.session_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid
    )
        OR public.event_to_reverse(p_purchase_id, 'undo_move', p_event_id) IS NULL
        OR public.event_to_reverse(p_to_purchase_id, 'undo_move', p_event_id) IS NULL
    THEN
        RETURN -1;
    END IF;
    UPDATE public.client_purchases SET sessions_used = sessions_used + 1
    WHERE id = p_purchase_id
        AND sessions_used >= 0
        AND (sessions_total IS NULL OR sessions_used < sessions_total)
        AND EXISTS (
            SELECT FROM public.client_purchases AS other
            WHERE other.id = p_to_purchase_id AND other.sessions_used > 0
        )
    RETURNING sessions_used INTO v_used;
    IF NOT FOUND THEN
        RETURN -1;
    END IF;
    UPDATE public.client_purchases SET sessions_used = sessions_used - 1
    WHERE id = p_to_purchase_id;
    RETURN v_used;
END
$$;

REVOKE ALL ON FUNCTION public.undo_move(uuid, uuid, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.undo_move(uuid, uuid, bigint) IS
'Studio: undoes a move of a use; returns the used sessions, or -1 if nothing changed.';
