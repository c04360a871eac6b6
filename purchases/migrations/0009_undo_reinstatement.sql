-- Count one reinstated session of a purchase as used again, and return the number of used sessions
-- after it. Return -1 and change nothing if all sessions are used or the reinstatement of the
-- request was undone before. The expiry is not checked.
DROP FUNCTION IF EXISTS public.undo_reinstatement(uuid);

CREATE FUNCTION public.undo_reinstatement(p_purchase_id uuid) RETURNS int
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: undo'
AS $$
    WITH undone AS (
        UPDATE public.client_purchases
        SET sessions_used = sessions_used + 1
        WHERE id = p_purchase_id
            AND sessions_used >= 0
            AND (sessions_total IS NULL OR sessions_used < sessions_total)
        RETURNING sessions_used
    )
    SELECT coalesce((SELECT sessions_used FROM undone), -1)
$$;

REVOKE ALL ON FUNCTION public.undo_reinstatement(uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.undo_reinstatement(uuid) IS
'Studio: undoes a reinstatement; returns the used sessions after it, or -1 if nothing changed.';
