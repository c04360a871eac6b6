-- Undo a use, a reinstatement or a correction of the used sessions of a purchase, and return the
-- number of used sessions after it. Return -1 and change nothing if the event was reversed before,
-- is a correction by another program, is not that of the request, or the count would leave its
-- bounds. The expiry is not checked.
-- It replaces undo_reinstatement(), which could undo without a chosen event.
DROP FUNCTION public.undo_reinstatement(uuid);

CREATE FUNCTION public.undo_event(p_purchase_id uuid, p_event_id bigint) RETURNS int
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: undo'
AS $$
    WITH undone AS (
        UPDATE public.client_purchases AS purchase
        SET sessions_used = purchase.sessions_used - event.delta
        FROM public.session_events AS event
        WHERE purchase.id = p_purchase_id
            AND event.id = public.event_to_reverse(p_purchase_id, 'undo', p_event_id)
            -- The event of the caller's request.
            AND p_event_id = (
                SELECT event_id FROM public.session_requests
                WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid
            )
            AND purchase.sessions_used >= 0
            AND purchase.sessions_used - event.delta >= 0
            AND (
                purchase.sessions_total IS NULL
                OR purchase.sessions_used - event.delta <= purchase.sessions_total
            )
        RETURNING purchase.sessions_used
    )
    SELECT coalesce((SELECT sessions_used FROM undone), -1)
$$;

REVOKE ALL ON FUNCTION public.undo_event(uuid, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.undo_event(uuid, bigint) IS
'Studio: undoes a change of the used sessions; returns them after it, or -1 if nothing changed.';
