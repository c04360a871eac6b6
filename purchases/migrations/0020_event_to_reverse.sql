-- Return the newest event of a purchase that an operation can reverse, or null. If p_chosen is not
-- null, only that event qualifies. "reinstate" and "move_use" reverse a use; an undone
-- reinstatement and a use that was moved here count as uses too. "undo" reverses a chosen use or
-- reinstatement, or a correction that a person requested, and "undo_move" this purchase's event of
-- a chosen move.
CREATE OR REPLACE FUNCTION public.event_to_reverse(
    p_purchase_id uuid, p_operation text, p_chosen bigint
) RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_move uuid;
BEGIN
    -- Not a subquery below: its cost would make PostgreSQL plan that query anew for every press.
    IF p_operation = 'undo_move' THEN
        v_move := (SELECT request_id FROM public.session_events WHERE id = p_chosen);
    END IF;
    RETURN (
        SELECT event.id
        FROM public.session_events AS event
        WHERE event.purchase_id = p_purchase_id
            AND CASE
                WHEN p_operation IN ('reinstate', 'move_use') THEN
                    event.kind IN ('used', 'undone', 'moved')
                    AND event.delta = 1
                    AND (p_chosen IS NULL OR event.id = p_chosen)
                WHEN p_operation = 'undo' THEN
                    event.kind IN ('used', 'reinstated', 'corrected')
                    AND (event.kind <> 'corrected' OR event.request_id IS NOT NULL)
                    AND event.id = p_chosen
                WHEN p_operation = 'undo_move' THEN
                    event.kind = 'moved'
                    AND event.request_id = v_move
                ELSE false
            END
            AND NOT EXISTS (
                SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
            )
        ORDER BY event.id DESC
        LIMIT 1
    );
END
$$;

REVOKE ALL ON FUNCTION public.event_to_reverse(uuid, text, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.event_to_reverse(uuid, text, bigint) IS
'Studio: returns the newest event of a purchase that an operation can reverse.';
