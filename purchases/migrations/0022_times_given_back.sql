-- Says how often clients were given sessions back of late, for the allowance of their org.

-- Returns, for each of the clients and each of the reasons ('' is none that was given) with any,
-- how many sessions people of the org gave back to them for it within the last so many times 24
-- hours, whatever the pack, and did not undo. What other programs gave back does not count.
CREATE FUNCTION public.times_given_back(
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

-- Returns the same of one client and one reason, and keeps every other count of that client
-- waiting until the transaction ends: of two at once, the second counts what the first gave back.
-- It is not STABLE, since it must not count in the snapshot that its caller had before the wait.
CREATE FUNCTION public.hold_times_given_back(
    p_org_id uuid, p_client_id uuid, p_reason text, p_days int
)
RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_times int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('given back to ' || p_client_id, 0));
    SELECT times INTO v_times FROM public.times_given_back(
        p_org_id, ARRAY[p_client_id], ARRAY[p_reason], ARRAY[p_days]);
    RETURN coalesce(v_times, 0);
END
$$;

REVOKE ALL ON FUNCTION public.times_given_back(uuid, uuid[], text[], int[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.hold_times_given_back(uuid, uuid, text, int) FROM PUBLIC;
