-- Return the newest event of a purchase that an operation can reverse, or null. "reinstate"
-- reverses a use, or an undone reinstatement, which counts as a use again. "undo" reverses a
-- reinstatement. If p_chosen is not null, only that event qualifies.
CREATE FUNCTION public.event_to_reverse(p_purchase_id uuid, p_operation text, p_chosen bigint)
RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT event.id
    FROM public.session_events AS event
    WHERE event.purchase_id = p_purchase_id
        AND event.kind = ANY (CASE p_operation
            WHEN 'reinstate' THEN ARRAY['used', 'undone']
            WHEN 'undo' THEN ARRAY['reinstated']
        END)
        AND (p_chosen IS NULL OR event.id = p_chosen)
        AND NOT EXISTS (
            SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
        )
    ORDER BY event.id DESC
    LIMIT 1
$$;

REVOKE ALL ON FUNCTION public.event_to_reverse(uuid, text, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.event_to_reverse(uuid, text, bigint) IS
'Studio: returns the newest event of a purchase that reinstate or undo can reverse.';
