-- Gives one session of a purchase back and returns the sessions used since then; returns -1, and
-- changes nothing, where none is used or no such purchase exists. Expiry does not matter.
-- The name of the application tells the ledger, while the function runs, what the change is: a
-- setting that any owner may attach to a function, where one of our own would need a superuser.
DROP FUNCTION IF EXISTS public.release_session(uuid);

CREATE FUNCTION public.release_session(p_purchase_id uuid) RETURNS int
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET application_name = 'studio: reinstated'
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
