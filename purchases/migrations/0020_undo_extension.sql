-- Takes an extension back and returns true: the purchase expires when it did before. Returns false,
-- and changes nothing, where the expiry was changed since, be it by undoing this; or where that is
-- no extension of this purchase.
-- The name of the application tells the ledger, while the function runs, what the change is: a
-- setting that any owner may attach to a function, where one of our own would need a superuser.
CREATE FUNCTION public.undo_extension(p_purchase_id uuid, p_event_id bigint) RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET application_name = 'studio: undo_extension'
AS $$
BEGIN
    -- What another one is changing is waited for here, so that the next statement sees it.
    PERFORM FROM public.client_purchases WHERE id = p_purchase_id FOR NO KEY UPDATE;
    UPDATE public.client_purchases AS purchase
    SET expires_at = extension.expires_before
    FROM public.expiry_events AS extension
    WHERE purchase.id = p_purchase_id
        AND extension.id = p_event_id
        AND extension.id = public.extension_to_undo(purchase.id)
        AND extension.expires_at = purchase.expires_at;
    RETURN FOUND;
END
$$;

-- Puts an expiry right, to any moment or to never, in the name of whoever asked; returns whether
-- that was a change.
CREATE FUNCTION public.correct_expiry(p_purchase_id uuid, p_expires_at timestamptz)
RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET application_name = 'studio: correct_expiry'
AS $$
    WITH corrected AS (
        UPDATE public.client_purchases SET expires_at = p_expires_at
        WHERE id = p_purchase_id AND expires_at IS DISTINCT FROM p_expires_at
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM corrected)
$$;

REVOKE ALL ON FUNCTION public.undo_extension(uuid, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.correct_expiry(uuid, timestamptz) FROM PUBLIC;
