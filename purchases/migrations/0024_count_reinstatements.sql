-- Return how many sessions each client was given back for each reason, within its number of days,
-- as used by the allowance of an org. An empty reason stands for no reason. Clients and reasons
-- without a reinstatement have no row. Undone reinstatements and other programs' changes do not
-- count. A day is 24 hours.
CREATE FUNCTION public.count_reinstatements(
    p_org_id uuid, p_client_ids uuid[], p_reasons text[], p_days int[]
)
RETURNS TABLE (client_id uuid, reason text, times int)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT purchase.client_id, counted.reason, count(*)::int
    FROM public.client_purchases AS purchase
        JOIN public.session_events AS event ON event.purchase_id = purchase.id
        JOIN public.session_requests AS request ON request.request_id = event.request_id
        JOIN unnest(p_reasons, p_days) AS counted (reason, days)
            ON counted.reason = coalesce(request.reason, '')
    WHERE purchase.client_id = ANY (p_client_ids)
        AND purchase.org_id = p_org_id
        AND event.kind = 'reinstated'
        AND event.occurred_at > now() - make_interval(hours => 24 * counted.days)
        AND NOT EXISTS (
            SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
        )
    GROUP BY purchase.client_id, counted.reason
$$;

REVOKE ALL ON FUNCTION public.count_reinstatements(uuid, uuid[], text[], int[]) FROM PUBLIC;

COMMENT ON FUNCTION public.count_reinstatements(uuid, uuid[], text[], int[]) IS
'Studio: returns how many sessions clients were given back for each reason within its days.';
