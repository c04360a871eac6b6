-- Before TRUNCATE of clients: record every client as deleted, because TRUNCATE fires no trigger for
-- each row.
CREATE FUNCTION public.record_truncated_clients() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO public.client_events
        (org_id, client_id, kind, org_id_before, full_name_before, email_before, phone_before,
        notes_before, status_before, db_role)
    SELECT client.org_id, client.id, 'deleted', client.org_id, client.full_name, client.email,
        client.phone, client.notes, client.status, public.current_db_role()
    FROM public.clients AS client;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_truncated_clients() FROM PUBLIC;

CREATE TRIGGER record_truncated_clients
BEFORE TRUNCATE ON public.clients
FOR EACH STATEMENT EXECUTE FUNCTION public.record_truncated_clients();

-- ALWAYS: a replicated TRUNCATE is recorded too.
ALTER TABLE public.clients ENABLE ALWAYS TRIGGER record_truncated_clients;

COMMENT ON FUNCTION public.record_truncated_clients() IS
'Studio: trigger function that records every client as deleted before TRUNCATE.';
COMMENT ON TRIGGER record_truncated_clients ON public.clients IS
'Studio: records every client as deleted before TRUNCATE.';
