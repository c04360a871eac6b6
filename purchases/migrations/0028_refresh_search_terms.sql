-- Replace the search terms of a client after every change of a column that they come from. A kept
-- client also has the terms of the records that were merged into it. A merged record loses its own.
CREATE OR REPLACE FUNCTION public.refresh_search_terms() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.client_search_terms WHERE client_id = OLD.id;
        PERFORM public.write_search_terms(NEW.id);
        PERFORM public.write_search_terms(kept_client_id)
        FROM public.merged_clients WHERE client_id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT NEW.org_id, term, NEW.id
    FROM public.search_terms(NEW.full_name, NEW.email, NEW.phone) AS term;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.refresh_search_terms() FROM PUBLIC;

COMMENT ON FUNCTION public.refresh_search_terms() IS
'Studio: trigger function that replaces the search terms of a client.';
