-- Undo an extension and return true: the purchase expires when it did before. Return false and
-- change nothing if the expiry was changed since, or the event did not extend this purchase.
CREATE FUNCTION public.undo_extension(p_purchase_id uuid, p_event_id bigint) RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: undo_extension'
AS $$
BEGIN
    -- Lock first, so that the next statement sees a change that was under way.
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

REVOKE ALL ON FUNCTION public.undo_extension(uuid, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.undo_extension(uuid, bigint) IS
'Studio: undoes an extension of an expiry; returns whether it was undone.';
