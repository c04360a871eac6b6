-- Add p_adjust_by, which may be negative, to the bought sessions of a purchase, and return them
-- after it. Return null and change nothing if fewer would be bought than are used, or if the
-- purchase has no number of sessions or does not exist.
CREATE FUNCTION public.correct_total(p_purchase_id uuid, p_adjust_by int) RETURNS int
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: correct_total'
AS $$
    UPDATE public.client_purchases
    SET sessions_total = sessions_total + p_adjust_by
    WHERE id = p_purchase_id
        AND p_adjust_by <> 0
        -- As bigint, because a sum of two large numbers overflows.
        AND sessions_total::bigint + p_adjust_by
            BETWEEN greatest(sessions_used, 0) AND 2147483647
    RETURNING sessions_total
$$;

REVOKE ALL ON FUNCTION public.correct_total(uuid, int) FROM PUBLIC;

COMMENT ON FUNCTION public.correct_total(uuid, int) IS
'Studio: adds to the bought sessions of a purchase; returns them, or null if nothing changed.';
