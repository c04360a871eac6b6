-- Transfer a purchase, part-used or not, to another client of its org, and return whether it was
-- transferred. It was not if the client has it already, is of another org, or does not exist.
CREATE FUNCTION public.transfer_purchase(p_purchase_id uuid, p_client_id uuid) RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: transfer'
AS $$
    WITH transferred AS (
        UPDATE public.client_purchases AS purchase
        SET client_id = client.id
        FROM public.clients AS client
        WHERE purchase.id = p_purchase_id
            AND client.id = p_client_id
            AND client.id <> purchase.client_id
            AND client.org_id = purchase.org_id
        RETURNING purchase.id
    )
    SELECT EXISTS (SELECT FROM transferred)
$$;

REVOKE ALL ON FUNCTION public.transfer_purchase(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.transfer_purchase(uuid, uuid) IS
'Studio: transfers a purchase to another client of the org; returns whether it was transferred.';
