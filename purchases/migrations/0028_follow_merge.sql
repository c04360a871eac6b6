-- Before a purchase gets a client: if the client was merged, use the kept client instead. A program
-- that still has the id of the merged record goes on working. The lock waits for a concurrent
-- merge, and makes it wait; without it the purchase would stay with the merged record.
-- The function is VOLATILE, because it must not read with the snapshot from before the lock.
CREATE FUNCTION public.follow_merge() RETURNS trigger
LANGUAGE plpgsql VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM public.clients WHERE id = NEW.client_id FOR KEY SHARE;
    NEW.client_id := coalesce(
        (SELECT kept_client_id FROM public.merged_clients WHERE client_id = NEW.client_id),
        NEW.client_id
    );
    RETURN NEW;
END
$$;

REVOKE ALL ON FUNCTION public.follow_merge() FROM PUBLIC;

CREATE TRIGGER follow_merge
BEFORE INSERT OR UPDATE OF client_id ON public.client_purchases
FOR EACH ROW EXECUTE FUNCTION public.follow_merge();

COMMENT ON FUNCTION public.follow_merge() IS
'Studio: trigger function that gives a purchase of a merged client to the kept one.';
COMMENT ON TRIGGER follow_merge ON public.client_purchases IS
'Studio: gives a purchase of a merged client to the kept one.';
