-- Before TRUNCATE of clients: record every client as deleted, because TRUNCATE fires no trigger for
-- each row.
CREATE OR REPLACE FUNCTION public.record_truncated_clients() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.client_events')
    THEN
        RETURN NULL;
    END IF;

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

COMMENT ON FUNCTION public.record_truncated_clients() IS
'Studio: trigger function that records every client as deleted before TRUNCATE.';
