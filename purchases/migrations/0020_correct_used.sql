-- Add p_adjust_by, which may be negative, to the used sessions of a purchase, and return them after
-- it. Return -1 and change nothing if they would be below 0 or above the bought ones, or if the
-- purchase does not exist. A missing count counts as 0.
CREATE FUNCTION public.correct_used(p_purchase_id uuid, p_adjust_by int) RETURNS int
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: correct_used'
AS $$
    WITH corrected AS (
        UPDATE public.client_purchases
        SET sessions_used = coalesce(sessions_used, 0) + p_adjust_by
        WHERE id = p_purchase_id
            AND p_adjust_by <> 0
            -- As bigint, because a sum of two large numbers overflows.
            AND coalesce(sessions_used, 0)::bigint + p_adjust_by
                BETWEEN 0 AND coalesce(sessions_total, 2147483647)
        RETURNING sessions_used
    )
    SELECT coalesce((SELECT sessions_used FROM corrected), -1)
$$;

REVOKE ALL ON FUNCTION public.correct_used(uuid, int) FROM PUBLIC;

COMMENT ON FUNCTION public.correct_used(uuid, int) IS
'Studio: adds to the used sessions of a purchase; returns them, or -1 if nothing changed.';
