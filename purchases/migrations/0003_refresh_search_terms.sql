-- Replace the search terms of a client after every change of a column that they come from.
CREATE FUNCTION public.refresh_search_terms() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.client_search_terms WHERE client_id IN (OLD.id, NEW.id);
    END IF;
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT NEW.org_id, term, NEW.id
    FROM public.search_terms(NEW.full_name, NEW.email, NEW.phone) AS term;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.refresh_search_terms() FROM PUBLIC;

CREATE TRIGGER refresh_search_terms
AFTER INSERT ON public.clients
FOR EACH ROW EXECUTE FUNCTION public.refresh_search_terms();

-- The trigger names no columns, because another program's BEFORE trigger may change a column that
-- the UPDATE did not name.
CREATE TRIGGER refresh_changed_search_terms
AFTER UPDATE ON public.clients
FOR EACH ROW
WHEN (
    OLD.id <> NEW.id
    OR OLD.org_id <> NEW.org_id
    OR OLD.full_name IS DISTINCT FROM NEW.full_name
    OR OLD.email IS DISTINCT FROM NEW.email
    OR OLD.phone IS DISTINCT FROM NEW.phone
)
EXECUTE FUNCTION public.refresh_search_terms();

COMMENT ON FUNCTION public.refresh_search_terms() IS
'Studio: trigger function that replaces the search terms of a client.';
COMMENT ON TRIGGER refresh_search_terms ON public.clients IS
'Studio: writes the search terms of a new client.';
COMMENT ON TRIGGER refresh_changed_search_terms ON public.clients IS
'Studio: replaces the search terms of a client whose name, e-mail, phone, org or id changed.';
