-- After a change of a purchase: write the change of its count into session_events.
CREATE FUNCTION public.record_session_event() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_operation text := public.current_operation();
    v_kind text := CASE v_operation
        WHEN 'use' THEN 'used'
        WHEN 'reinstate' THEN 'reinstated'
        WHEN 'undo' THEN 'undone'
        ELSE 'corrected'
    END;
    v_request_id uuid := nullif(current_setting('studio.request_id', true), '')::uuid;
    v_chosen bigint;
    v_event_id bigint;
BEGIN
    -- Open the ledger of a purchase that is older than the ledger, with the count before.
    IF TG_OP IN ('UPDATE', 'DELETE') AND NOT EXISTS (
        SELECT FROM public.session_events WHERE purchase_id = OLD.id
    ) THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, db_role)
        VALUES (OLD.org_id, OLD.id, 'opened', coalesce(OLD.sessions_used, 0), OLD.sessions_used,
            public.current_db_role());
    END IF;

    -- A changed id is recorded as a deleted purchase and a new one.
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, db_role)
        VALUES (OLD.org_id, OLD.id, 'deleted', -coalesce(OLD.sessions_used, 0), 0,
            public.current_db_role());
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, db_role)
        VALUES (NEW.org_id, NEW.id, 'opened', coalesce(NEW.sessions_used, 0), NEW.sessions_used,
            public.current_db_role());
    ELSIF TG_OP = 'UPDATE' AND NEW.sessions_used IS DISTINCT FROM OLD.sessions_used THEN
        IF v_kind = 'corrected' THEN
            v_request_id := NULL;
        ELSIF v_kind IN ('reinstated', 'undone') THEN
            v_chosen := (
                SELECT event_id FROM public.session_requests WHERE request_id = v_request_id
            );
        END IF;
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, request_id, reverses_id, db_role)
        VALUES (NEW.org_id, NEW.id, v_kind,
            coalesce(NEW.sessions_used, 0) - coalesce(OLD.sessions_used, 0), NEW.sessions_used,
            v_request_id,
            CASE WHEN v_kind IN ('reinstated', 'undone')
                THEN public.event_to_reverse(NEW.id, v_operation, v_chosen) END,
            public.current_db_role())
        RETURNING id INTO v_event_id;
        -- Return the event and the count to the statement that claimed the request.
        PERFORM set_config('studio.event_id', v_event_id::text, true),
            set_config('studio.sessions_used', NEW.sessions_used::text, true);
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_session_event() FROM PUBLIC;

CREATE TRIGGER record_session_event
AFTER INSERT OR DELETE ON public.client_purchases
FOR EACH ROW EXECUTE FUNCTION public.record_session_event();

-- The trigger names no columns, because another program's BEFORE trigger may change a column that
-- the UPDATE did not name.
CREATE TRIGGER record_changed_session_event
AFTER UPDATE ON public.client_purchases
FOR EACH ROW
WHEN (OLD.sessions_used IS DISTINCT FROM NEW.sessions_used OR OLD.id <> NEW.id)
EXECUTE FUNCTION public.record_session_event();

-- ALWAYS: replicated changes are recorded too.
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_session_event;
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_changed_session_event;

COMMENT ON FUNCTION public.record_session_event() IS
'Studio: trigger function that records a change of a count in session_events.';
COMMENT ON TRIGGER record_session_event ON public.client_purchases IS
'Studio: records a new or deleted purchase in session_events.';
COMMENT ON TRIGGER record_changed_session_event ON public.client_purchases IS
'Studio: records a changed count or id in session_events.';
