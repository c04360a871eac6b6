-- Lock two clients until the transaction ends, and return the refusal of merging the other one into
-- the first: a code of Refusal in Python, or null. The locks are taken in the order of the ids, so
-- that merges in opposite directions wait for each other. They also wait for a sale to either.
-- The function is VOLATILE, because it must not read with the snapshot from before the locks.
CREATE FUNCTION public.lock_and_check_merge(p_client_id uuid, p_other_id uuid) RETURNS text
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM public.clients WHERE id IN (p_client_id, p_other_id) ORDER BY id FOR UPDATE;
    IF NOT EXISTS (
        SELECT FROM public.clients AS client
            JOIN public.clients AS other ON other.org_id = client.org_id
        WHERE client.id = p_client_id
            AND other.id = p_other_id
            AND client.id <> other.id
            AND client.status <> 'merged'
            AND other.status <> 'merged'
    ) THEN
        RETURN 'merged_already';
    END IF;
    IF EXISTS (SELECT FROM public.merged_clients WHERE kept_client_id = p_other_id) THEN
        RETURN 'has_merged';
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.lock_and_check_merge(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.lock_and_check_merge(uuid, uuid) IS
'Studio: locks two clients and returns the refusal of merging the other into the first, or null.';
