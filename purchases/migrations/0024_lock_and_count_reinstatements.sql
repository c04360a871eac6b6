-- Lock a client's count until the transaction ends, and return how many sessions the client was
-- given back for a reason. The second of two concurrent callers counts what the first gave back.
-- The function is VOLATILE, because it must not read with the snapshot from before the lock.
CREATE OR REPLACE FUNCTION public.lock_and_count_reinstatements(
    p_org_id uuid, p_client_id uuid, p_reason text, p_days int
)
RETURNS int
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_times int;
BEGIN
    -- A row of our own table, because any login could hold an advisory lock against the desk.
    INSERT INTO public.allowance_locks (client_id) VALUES (p_client_id) ON CONFLICT DO NOTHING;
    PERFORM FROM public.allowance_locks WHERE client_id = p_client_id FOR UPDATE;
    SELECT times INTO v_times FROM public.count_reinstatements(
        p_org_id, ARRAY[p_client_id], ARRAY[p_reason], ARRAY[p_days]);
    RETURN coalesce(v_times, 0);
END
$$;

REVOKE ALL ON FUNCTION public.lock_and_count_reinstatements(uuid, uuid, text, int) FROM PUBLIC;

COMMENT ON FUNCTION public.lock_and_count_reinstatements(uuid, uuid, text, int) IS
'Studio: locks a client''s count and returns how many sessions the client was given back.';
