-- Set the expiry of a purchase to any time, or to null for never, and return whether it changed.
CREATE FUNCTION public.correct_expiry(p_purchase_id uuid, p_expires_at timestamptz)
RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: correct_expiry'
AS $$
    WITH corrected AS (
        UPDATE public.client_purchases SET expires_at = p_expires_at
        WHERE id = p_purchase_id AND expires_at IS DISTINCT FROM p_expires_at
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM corrected)
$$;

REVOKE ALL ON FUNCTION public.correct_expiry(uuid, timestamptz) FROM PUBLIC;

COMMENT ON FUNCTION public.correct_expiry(uuid, timestamptz) IS
'Studio: sets the expiry of a purchase; returns whether it changed.';
