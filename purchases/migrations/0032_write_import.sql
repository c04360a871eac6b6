-- Insert the clients and the purchases of an import between two positions, and return how many
-- purchases. Remove the contact data of the rows. Skip a client or a purchase that exists, and a
-- purchase whose client or offer is not of the org. Each needs a request of this transaction, which
-- the triggers of the ledgers check.
CREATE FUNCTION public.write_import(p_import_id uuid, p_first int, p_last int) RETURNS int
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation() and current_client_operation().
SET application_name = 'studio: import'
AS $$
DECLARE
    v_written int;
BEGIN
    INSERT INTO public.clients (id, org_id, full_name, email, phone, notes)
    SELECT client_id, org_id, full_name, email, phone, notes
    FROM public.import_rows
    WHERE import_id = p_import_id
        AND position BETWEEN p_first AND p_last
        AND adds_client
        AND full_name IS NOT NULL
    ORDER BY position
    ON CONFLICT (id) DO NOTHING;

    INSERT INTO public.client_purchases (
        id, org_id, client_id, offer_id, sessions_total, sessions_used, amount_paid_cents,
        currency, payment_status, purchased_at, expires_at
    )
    SELECT
        planned.purchase_id, planned.org_id, client.id, offer.id, planned.sessions_total,
        planned.sessions_used, planned.amount_paid_cents, planned.currency, 'succeeded',
        planned.purchased_at, planned.expires_at
    FROM public.import_rows AS planned
    INNER JOIN public.clients AS client
        ON client.id = planned.client_id
    INNER JOIN public.offers AS offer
        ON offer.id = planned.offer_id
    WHERE planned.import_id = p_import_id
        AND planned.position BETWEEN p_first AND p_last
        AND planned.purchase_id IS NOT NULL
        -- No index has this condition. With =, the planner read every client of the org for each
        -- row, because the statistics are older than the import.
        AND client.org_id IS NOT DISTINCT FROM planned.org_id
        AND offer.org_id IS NOT DISTINCT FROM planned.org_id
    ORDER BY planned.position
    ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS v_written = ROW_COUNT;

    UPDATE public.import_rows
    SET full_name = NULL, email = NULL, phone = NULL, notes = NULL
    WHERE import_id = p_import_id
        AND position BETWEEN p_first AND p_last
        AND adds_client;
    RETURN v_written;
END
$$;

REVOKE ALL ON FUNCTION public.write_import(uuid, int, int) FROM PUBLIC;

COMMENT ON FUNCTION public.write_import(uuid, int, int) IS
'Studio: inserts what an import adds between two positions; returns how many purchases.';
