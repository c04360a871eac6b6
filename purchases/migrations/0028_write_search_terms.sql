-- Write the search terms of a client again: those of its own values, and of the records that were
-- merged into it. A merged record loses its own, because a search finds the kept client.
CREATE FUNCTION public.write_search_terms(p_client_id uuid) RETURNS void
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM public.client_search_terms WHERE client_id = p_client_id;
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT DISTINCT client.org_id, term, client.id
    FROM public.clients AS client,
        public.clients AS record,
        LATERAL public.search_terms(record.full_name, record.email, record.phone) AS term
    WHERE client.id = p_client_id
        AND record.id IN (
            SELECT p_client_id
            UNION ALL
            SELECT client_id FROM public.merged_clients WHERE kept_client_id = p_client_id
        )
        AND NOT EXISTS (SELECT FROM public.merged_clients WHERE client_id = p_client_id)
$$;

REVOKE ALL ON FUNCTION public.write_search_terms(uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.write_search_terms(uuid) IS
'Studio: writes the search terms of a client and of the records that were merged into it.';
