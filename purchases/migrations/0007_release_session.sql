-- Give one session of a purchase back and return the number of used sessions after it. Return -1
-- and change nothing if no session is used or the purchase does not exist. The expiry is not
-- checked, because giving back is deliberate.
DROP FUNCTION IF EXISTS public.release_session(uuid);

CREATE FUNCTION public.release_session(p_purchase_id uuid) RETURNS int
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: reinstate'
AS $$
    WITH released AS (
        UPDATE public.client_purchases
        SET sessions_used = sessions_used - 1
        WHERE id = p_purchase_id AND sessions_used > 0
        RETURNING sessions_used
    )
    SELECT coalesce((SELECT sessions_used FROM released), -1)
$$;

REVOKE ALL ON FUNCTION public.release_session(uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.release_session(uuid) IS
'Studio: gives one session back; returns the used sessions after it, or -1 if nothing changed.';
