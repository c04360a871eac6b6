-- Insert a purchase for a client, and return whether it was inserted. It was not if the client or
-- the offer is not of the org, or the id exists.
CREATE FUNCTION public.sell_purchase(
    p_purchase_id uuid,
    p_org_id uuid,
    p_client_id uuid,
    p_offer_id uuid,
    p_sessions_total int,
    p_amount_paid_cents int,
    p_currency text,
    p_payment_status text,
    p_payment_method text,
    p_purchased_at timestamptz,
    p_expires_at timestamptz
) RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: sell'
AS $$
    WITH sold AS (
        INSERT INTO public.client_purchases (
            id, org_id, client_id, offer_id, sessions_total, sessions_used, amount_paid_cents,
            currency, payment_status, payment_method, purchased_at, expires_at
        )
        SELECT
            p_purchase_id, p_org_id, client.id, offer.id, p_sessions_total, 0,
            p_amount_paid_cents, p_currency, p_payment_status, p_payment_method,
            coalesce(p_purchased_at, now()), p_expires_at
        FROM public.clients AS client, public.offers AS offer
        WHERE client.id = p_client_id
            AND client.org_id = p_org_id
            AND offer.id = p_offer_id
            AND offer.org_id = p_org_id
        ON CONFLICT (id) DO NOTHING
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM sold)
$$;

REVOKE ALL ON FUNCTION public.sell_purchase(
    uuid, uuid, uuid, uuid, int, int, text, text, text, timestamptz, timestamptz
) FROM PUBLIC;

COMMENT ON FUNCTION public.sell_purchase(
    uuid, uuid, uuid, uuid, int, int, text, text, text, timestamptz, timestamptz
) IS 'Studio: inserts a purchase that a person sold; returns whether it was inserted.';
