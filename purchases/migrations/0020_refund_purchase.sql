-- Mark a paid purchase as refunded, and return whether it was marked. No money moves. Its sessions
-- cannot be used while it is refunded.
CREATE FUNCTION public.refund_purchase(p_purchase_id uuid) RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: refund'
AS $$
    WITH refunded AS (
        UPDATE public.client_purchases SET payment_status = 'refunded'
        WHERE id = p_purchase_id AND payment_status = 'succeeded'
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM refunded)
$$;

REVOKE ALL ON FUNCTION public.refund_purchase(uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.refund_purchase(uuid) IS
'Studio: marks a paid purchase as refunded; returns whether it was marked.';
