-- Delete the purchases of an import between two positions, and the clients that it added. Return
-- how many purchases and clients were kept. A purchase is kept if it has changed since. A
-- client is kept if they have a purchase, were changed since, or belong to a merge. At position 1,
-- delete the offers that the import added too.
CREATE FUNCTION public.undo_import(
    p_import_id uuid, p_first int, p_last int, OUT packs_kept int, OUT clients_kept int
)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation() and current_client_operation().
SET application_name = 'studio: undo_import'
AS $$
BEGIN
    -- Lock the clients and the purchases, so that the next statements see every change of them. A
    -- merge locks them in this order too.
    PERFORM FROM public.clients AS client
    WHERE client.id IN (
        SELECT client_id FROM public.import_rows
        WHERE import_id = p_import_id AND position BETWEEN p_first AND p_last AND adds_client
    )
    ORDER BY client.id
    FOR UPDATE;
    PERFORM FROM public.client_purchases AS purchase
    WHERE purchase.id IN (
        SELECT purchase_id FROM public.import_rows
        WHERE import_id = p_import_id AND position BETWEEN p_first AND p_last
    )
    ORDER BY purchase.id
    FOR UPDATE;

    DELETE FROM public.client_purchases AS purchase
    USING public.import_rows AS planned
    INNER JOIN public.purchase_events AS opened
        ON opened.purchase_id = planned.purchase_id
        AND opened.request_id = planned.request_id
        AND opened.kind = 'opened'
    INNER JOIN public.session_requests AS request
        ON request.request_id = planned.request_id AND request.operation = 'import'
    WHERE planned.import_id = p_import_id
        AND planned.position BETWEEN p_first AND p_last
        AND purchase.id = planned.purchase_id
        AND purchase.org_id = planned.org_id
        AND NOT EXISTS (
            SELECT FROM public.purchase_events AS later
            WHERE later.purchase_id = purchase.id AND later.id > opened.id
        )
        AND purchase.expires_at IS NOT DISTINCT FROM planned.expires_at
        AND NOT EXISTS (
            SELECT
            FROM public.session_events AS first
            INNER JOIN public.session_events AS later ON later.purchase_id = first.purchase_id
            WHERE first.purchase_id = purchase.id
                AND first.kind = 'opened'
                AND first.xact_id = opened.xact_id
                AND later.id > first.id
        );

    SELECT count(*) INTO packs_kept
    FROM public.import_rows AS planned
    INNER JOIN public.client_purchases AS purchase ON purchase.id = planned.purchase_id
    INNER JOIN public.purchase_events AS opened ON opened.request_id = planned.request_id
    WHERE planned.import_id = p_import_id AND planned.position BETWEEN p_first AND p_last;

    DELETE FROM public.clients AS client
    USING public.import_rows AS planned
    WHERE planned.import_id = p_import_id
        AND planned.position BETWEEN p_first AND p_last
        AND planned.adds_client
        AND client.id = planned.client_id
        AND client.org_id = planned.org_id
        AND EXISTS (
            SELECT
            FROM public.client_requests AS request
            INNER JOIN public.client_events AS added ON added.request_id = request.request_id
            WHERE request.request_id = planned.client_request_id
                AND request.operation = 'import'
                AND added.client_id = client.id
                AND NOT EXISTS (
                    SELECT FROM public.client_events AS later
                    WHERE later.client_id = client.id AND later.id > added.id
                )
        )
        AND NOT EXISTS (
            SELECT FROM public.merged_clients AS merged
            WHERE client.id IN (merged.client_id, merged.kept_client_id)
        )
        AND NOT EXISTS (
            SELECT FROM public.client_purchases AS purchase WHERE purchase.client_id = client.id
        );

    SELECT count(*) INTO clients_kept
    FROM public.import_rows AS planned
    INNER JOIN public.clients AS client ON client.id = planned.client_id
    INNER JOIN public.client_events AS added ON added.request_id = planned.client_request_id
    WHERE planned.import_id = p_import_id AND planned.position BETWEEN p_first AND p_last;

    IF p_first = 1 THEN
        DELETE FROM public.offers AS offer
        USING public.imports AS import, jsonb_array_elements(import.offers) AS added
        WHERE import.id = p_import_id
            AND offer.id = (added ->> 'id')::uuid
            AND offer.org_id = import.org_id
            AND NOT EXISTS (
                SELECT FROM public.client_purchases AS purchase WHERE purchase.offer_id = offer.id
            );
    END IF;
END
$$;

REVOKE ALL ON FUNCTION public.undo_import(uuid, int, int) FROM PUBLIC;

COMMENT ON FUNCTION public.undo_import(uuid, int, int) IS
'Studio: deletes what an import added between two positions; returns how much it kept.';
