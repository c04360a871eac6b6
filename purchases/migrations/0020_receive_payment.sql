-- Mark an unpaid purchase as paid, and return whether it was marked. A refunded one stays refunded.
CREATE FUNCTION public.receive_payment(p_purchase_id uuid) RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: receive_payment'
AS $$
    WITH paid AS (
        UPDATE public.client_purchases SET payment_status = 'succeeded'
        WHERE id = p_purchase_id
            AND (payment_status IN ('pending', 'failed') OR payment_status IS NULL)
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM paid)
$$;

REVOKE ALL ON FUNCTION public.receive_payment(uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.receive_payment(uuid) IS
'Studio: marks an unpaid purchase as paid; returns whether it was marked.';
