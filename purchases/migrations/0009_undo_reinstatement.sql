-- Takes one reinstated session of a purchase back again, expired or not, and returns the sessions
-- used since then; returns -1, and changes nothing, where the pack has no room or the request's
-- reinstatement was undone already.
-- The name of the application tells the ledger, while the function runs, what the change is: a
-- setting that any owner may attach to a function, where one of our own would need a superuser.
DROP FUNCTION IF EXISTS public.undo_reinstatement(uuid);

CREATE FUNCTION public.undo_reinstatement(p_purchase_id uuid) RETURNS int
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET application_name = 'studio: undone'
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
