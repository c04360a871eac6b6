-- Extend the expiry of a purchase and return the new expiry: the time p_until, or the end of the
-- day that is p_days later, as extended_expiry() finds it in p_day_ends. Return null and change
-- nothing if the new expiry is not later, is in the past, or the purchase never expires or does not
-- exist.
-- The function is one UPDATE, so a concurrent extension waits and counts from the new expiry.
DROP FUNCTION public.extend_expiry(uuid, int, date, text);

CREATE FUNCTION public.extend_expiry(
    p_purchase_id uuid, p_until timestamptz, p_days int, p_day_ends timestamptz[]
) RETURNS timestamptz
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: extend'
AS $$
    UPDATE public.client_purchases
    SET expires_at = public.extended_expiry(expires_at, p_until, p_days, p_day_ends)
    WHERE id = p_purchase_id
        -- Other programs write the year 9999 or infinity for a purchase that never expires.
        AND expires_at < timestamptz '9999-01-01 00:00Z'
        AND greatest(expires_at, now())
            < public.extended_expiry(expires_at, p_until, p_days, p_day_ends)
    RETURNING expires_at
$$;

REVOKE ALL ON FUNCTION public.extend_expiry(uuid, timestamptz, int, timestamptz[]) FROM PUBLIC;

COMMENT ON FUNCTION public.extend_expiry(uuid, timestamptz, int, timestamptz[]) IS
'Studio: extends the expiry of a purchase; returns the new expiry, or null if nothing changed.';
