-- Takes one session from a purchase and returns true; returns false, and changes nothing, where
-- none is left, the purchase has expired, it has no count, or no such purchase exists.
-- The name of the application tells the ledger, while the function runs, what the change is: a
-- setting that any owner may attach to a function, where one of our own would need a superuser.
DROP FUNCTION IF EXISTS public.use_session(uuid);

CREATE FUNCTION public.use_session(p_purchase_id uuid) RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET application_name = 'studio: used'
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
