-- Return how many sessions each client was given back for each reason, within its number of days,
-- as used by the allowance of an org. An empty reason stands for no reason. Clients and reasons
-- without a reinstatement have no row. Undone reinstatements and other programs' changes do not
-- count. A day is 24 hours. A reinstatement before a transfer counts for the client who had the
-- purchase then. If another program changes the client, as a merge does, the other reinstatements
-- count for the new client. Those of a record that was merged count for the kept client.
CREATE OR REPLACE FUNCTION public.count_reinstatements(
    p_org_id uuid, p_client_ids uuid[], p_reasons text[], p_days int[]
)
RETURNS TABLE (client_id uuid, reason text, times int)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH record AS (
        SELECT given.client_id, given.client_id AS kept_client_id
        FROM unnest(p_client_ids) AS given (client_id)
        UNION ALL
        SELECT merged.client_id, merged.kept_client_id
        FROM public.merged_clients AS merged
        WHERE merged.kept_client_id = ANY (p_client_ids)
    ), all_ids AS (
        SELECT array_agg(record.client_id) AS client_ids FROM record
    ), had AS (
        SELECT id AS purchase_id
        FROM public.client_purchases
        WHERE client_id = ANY ((SELECT client_ids FROM all_ids)::uuid[]) AND org_id = p_org_id
        UNION
        SELECT purchase_id
        FROM public.purchase_events
        WHERE client_id_before = ANY ((SELECT client_ids FROM all_ids)::uuid[])
            AND client_id_before <> client_id
    )
    SELECT record.kept_client_id, counted.reason, count(*)::int
    FROM had
        JOIN public.client_purchases AS purchase ON purchase.id = had.purchase_id
        JOIN public.session_events AS event ON event.purchase_id = purchase.id
        JOIN public.session_requests AS request ON request.request_id = event.request_id
        JOIN unnest(p_reasons, p_days) AS counted (reason, days)
            ON counted.reason = coalesce(request.reason, ''),
        LATERAL (
            SELECT coalesce((
                SELECT transfer.client_id_before
                FROM public.purchase_events AS transfer
                WHERE transfer.purchase_id = event.purchase_id
                    AND transfer.kind IN ('transferred', 'undone')
                    AND transfer.client_id_before <> transfer.client_id
                    AND transfer.occurred_at > event.occurred_at
                ORDER BY transfer.id
                LIMIT 1
            ), purchase.client_id) AS client_id
        ) AS owner
        JOIN record ON record.client_id = owner.client_id
    WHERE purchase.org_id = p_org_id
        AND event.kind = 'reinstated'
        AND event.occurred_at > now() - make_interval(hours => 24 * counted.days)
        AND NOT EXISTS (
            SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
        )
    GROUP BY record.kept_client_id, counted.reason
$$;

REVOKE ALL ON FUNCTION public.count_reinstatements(uuid, uuid[], text[], int[]) FROM PUBLIC;

COMMENT ON FUNCTION public.count_reinstatements(uuid, uuid[], text[], int[]) IS
'Studio: returns how many sessions clients were given back for each reason within its days.';
