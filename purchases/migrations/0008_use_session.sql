-- Take one session from a purchase and return true. Return false and change nothing if no session
-- is left, the purchase has expired, has no count, or does not exist.
DROP FUNCTION IF EXISTS public.use_session(uuid);

CREATE FUNCTION public.use_session(p_purchase_id uuid) RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: use'
AS $$
    WITH taken AS (
        UPDATE public.client_purchases
        SET sessions_used = sessions_used + 1
        WHERE id = p_purchase_id
            AND sessions_used < sessions_total
            AND (expires_at IS NULL OR expires_at > now())
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM taken)
$$;

REVOKE ALL ON FUNCTION public.use_session(uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.use_session(uuid) IS
'Studio: takes one session from a purchase; returns whether a session was taken.';
