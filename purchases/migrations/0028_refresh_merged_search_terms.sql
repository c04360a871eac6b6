-- After a change of merged_clients: write the search terms of both clients again. A client that
-- another program deletes takes its row along, and the kept client is then no longer found by it.
CREATE FUNCTION public.refresh_merged_search_terms() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        PERFORM public.write_search_terms(OLD.client_id);
        PERFORM public.write_search_terms(OLD.kept_client_id);
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        PERFORM public.write_search_terms(NEW.client_id);
        PERFORM public.write_search_terms(NEW.kept_client_id);
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.refresh_merged_search_terms() FROM PUBLIC;

CREATE TRIGGER refresh_merged_search_terms
AFTER INSERT OR UPDATE OR DELETE ON public.merged_clients
FOR EACH ROW EXECUTE FUNCTION public.refresh_merged_search_terms();

COMMENT ON FUNCTION public.refresh_merged_search_terms() IS
'Studio: trigger function that writes the search terms of two clients whose merge changed.';
COMMENT ON TRIGGER refresh_merged_search_terms ON public.merged_clients IS
'Studio: writes the search terms of both clients after a merge or its undo.';
