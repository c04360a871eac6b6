-- After a change of a purchase: write the change of its count into session_events.
CREATE OR REPLACE FUNCTION public.record_session_event() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_operation text := public.current_operation();
    v_kind text := CASE v_operation
        WHEN 'use' THEN 'used'
        WHEN 'reinstate' THEN 'reinstated'
        WHEN 'move_use' THEN 'moved'
        WHEN 'undo' THEN 'undone'
        WHEN 'undo_move' THEN 'undone'
        ELSE 'corrected'
    END;
    v_request_id uuid := nullif(current_setting('studio.request_id', true), '')::uuid;
    v_chosen bigint;
    v_event_id bigint;
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.session_events')
    THEN
        RETURN NULL;
    END IF;

    IF v_request_id IS NULL
        AND v_operation IN ('undo', 'move_use', 'undo_move', 'correct_used')
    THEN
        RAISE EXCEPTION '% needs a request', v_operation
            USING ERRCODE = 'check_violation',
                CONSTRAINT = 'an_operation_of_the_site_has_a_request';
    END IF;

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
        IF v_kind = 'corrected' AND v_operation IS DISTINCT FROM 'correct_used' THEN
            v_request_id := NULL;
        ELSIF v_kind IN ('reinstated', 'undone', 'moved') THEN
            v_chosen := (
                SELECT event_id FROM public.session_requests WHERE request_id = v_request_id
            );
        END IF;
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, request_id, reverses_id, db_role)
        VALUES (NEW.org_id, NEW.id, v_kind,
            coalesce(NEW.sessions_used, 0) - coalesce(OLD.sessions_used, 0), NEW.sessions_used,
            v_request_id,
            -- A move reverses a use of the purchase that it takes the use from.
            CASE WHEN v_kind IN ('reinstated', 'undone')
                OR v_kind = 'moved' AND NEW.sessions_used < OLD.sessions_used
                THEN public.event_to_reverse(NEW.id, v_operation, v_chosen) END,
            public.current_db_role())
        RETURNING id INTO v_event_id;
        -- Return the event and the count to the statement that claimed the request. 0 means that
        -- the event has no request, because another program replaced the function.
        PERFORM set_config('studio.event_id',
                CASE WHEN v_request_id IS NULL THEN '0' ELSE v_event_id::text END, true),
            set_config('studio.sessions_used', NEW.sessions_used::text, true);
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_session_event() FROM PUBLIC;

COMMENT ON FUNCTION public.record_session_event() IS
'Studio: trigger function that records a change of a count in session_events.';
