-- Before TRUNCATE of purchases: record every purchase as deleted, because TRUNCATE fires no
-- trigger for each row.
CREATE FUNCTION public.record_truncated_purchases() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, db_role)
    SELECT purchase.org_id, purchase.id, 'opened', coalesce(purchase.sessions_used, 0),
        purchase.sessions_used, public.current_db_role()
    FROM public.client_purchases AS purchase
    WHERE NOT EXISTS (
        SELECT FROM public.session_events AS event WHERE event.purchase_id = purchase.id
    );
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, db_role)
    SELECT purchase.org_id, purchase.id, 'deleted', -coalesce(purchase.sessions_used, 0), 0,
        public.current_db_role()
    FROM public.client_purchases AS purchase;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_truncated_purchases() FROM PUBLIC;

CREATE TRIGGER record_truncated_purchases
BEFORE TRUNCATE ON public.client_purchases
FOR EACH STATEMENT EXECUTE FUNCTION public.record_truncated_purchases();

-- ALWAYS: replicated changes are recorded too.
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_truncated_purchases;

COMMENT ON FUNCTION public.record_truncated_purchases() IS
'Studio: trigger function that records every purchase as deleted before TRUNCATE.';
COMMENT ON TRIGGER record_truncated_purchases ON public.client_purchases IS
'Studio: records every purchase as deleted in session_events before TRUNCATE.';
