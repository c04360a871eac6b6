-- Lock a client's count until the transaction ends, and return how many sessions the client was
-- given back for a reason. The second of two concurrent callers counts what the first gave back.
-- The function is VOLATILE, because it must not read with the snapshot from before the lock.
CREATE FUNCTION public.lock_and_count_reinstatements(
    p_org_id uuid, p_client_id uuid, p_reason text, p_days int
)
RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_times int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('studio reinstatements ' || p_client_id, 0));
    SELECT times INTO v_times FROM public.count_reinstatements(
        p_org_id, ARRAY[p_client_id], ARRAY[p_reason], ARRAY[p_days]);
    RETURN coalesce(v_times, 0);
END
$$;

REVOKE ALL ON FUNCTION public.lock_and_count_reinstatements(uuid, uuid, text, int) FROM PUBLIC;

COMMENT ON FUNCTION public.lock_and_count_reinstatements(uuid, uuid, text, int) IS
'Studio: locks a client''s count and returns how many sessions the client was given back.';
