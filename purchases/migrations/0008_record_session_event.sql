-- Records every change of a count as an event of the ledger, and lets a request through to its
-- own purchase and its own event alone.

-- Returns who is at work: the database role, as SET ROLE made it, and the token's subject.
CREATE FUNCTION public.made_by() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Inside a function with its owner's rights, current_user is that owner; these are not.
    v_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
    v_claims text := nullif(current_setting('request.jwt.claims', true), '');
BEGIN
    RETURN v_role || coalesce(' for ' || (v_claims::jsonb ->> 'sub'), '');
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    -- Claims that can't be read must not keep another program from its work.
    RETURN v_role;
END
$$;

-- Returns the newest event of a purchase that may still be taken back: a use (or an undone
-- reinstatement, which is one again) for 'reinstated', a reinstatement for 'undone'. With
-- p_chosen, that event or null.
CREATE FUNCTION public.event_to_reverse(p_purchase_id uuid, p_kind text, p_chosen bigint)
RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT event.id
    FROM public.session_events AS event
    WHERE event.purchase_id = p_purchase_id
        AND event.kind = ANY (CASE p_kind
            WHEN 'reinstated' THEN ARRAY['used', 'undone']
            WHEN 'undone' THEN ARRAY['reinstated']
        END)
        AND (p_chosen IS NULL OR event.id = p_chosen)
        AND NOT EXISTS (
            SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
        )
    ORDER BY event.id DESC
    LIMIT 1
$$;

-- Before the change: drops it, so that nothing is updated, where the request chose an event that
-- was taken back meanwhile. The row is locked by now, so no other change can come in between.
CREATE FUNCTION public.hold_to_request() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_request public.session_requests;
BEGIN
    SELECT * INTO v_request FROM public.session_requests
    WHERE request_id = current_setting('studio.request_id')::uuid;
    IF v_request.purchase_id IS DISTINCT FROM OLD.id THEN
        RAISE EXCEPTION 'the request % is not for the purchase %',
            current_setting('studio.request_id'), OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
    END IF;
    -- Else whoever knows the id of a refused request could act in the name of its actor.
    IF v_request.claimed_in <> pg_current_xact_id() THEN
        RAISE EXCEPTION 'the request % was answered before', v_request.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_answered_once';
    END IF;
    IF v_request.event_id IS NOT NULL AND public.event_to_reverse(
        OLD.id, substr(current_setting('application_name'), 9), v_request.event_id) IS NULL
    THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END
$$;

-- After the change: writes the event.
CREATE FUNCTION public.record_session_event() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Only our functions go by these names; whatever another program calls itself, its change is
    -- a correction.
    v_kind text := coalesce(substring(current_setting('application_name')
        FROM '^studio: (used|reinstated|undone)$'), 'corrected');
    v_request_id uuid := nullif(current_setting('studio.request_id', true), '')::uuid;
    v_chosen bigint;
    v_event_id bigint;
BEGIN
    -- A purchase that is older than the ledger is opened with the count that it had.
    IF TG_OP IN ('UPDATE', 'DELETE') AND NOT EXISTS (
        SELECT FROM public.session_events WHERE purchase_id = OLD.id
    ) THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, made_by)
        VALUES (OLD.org_id, OLD.id, 'opened', coalesce(OLD.sessions_used, 0), OLD.sessions_used,
            public.made_by());
    END IF;

    -- Another id is another purchase.
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, made_by)
        VALUES (OLD.org_id, OLD.id, 'deleted', -coalesce(OLD.sessions_used, 0), 0,
            public.made_by());
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, made_by)
        VALUES (NEW.org_id, NEW.id, 'opened', coalesce(NEW.sessions_used, 0), NEW.sessions_used,
            public.made_by());
    ELSIF TG_OP = 'UPDATE' AND NEW.sessions_used IS DISTINCT FROM OLD.sessions_used THEN
        IF v_kind = 'corrected' THEN
            v_request_id := NULL;
        ELSIF v_kind IN ('reinstated', 'undone') THEN
            v_chosen := (
                SELECT event_id FROM public.session_requests WHERE request_id = v_request_id
            );
        END IF;
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, request_id, reverses_id, made_by)
        VALUES (NEW.org_id, NEW.id, v_kind,
            coalesce(NEW.sessions_used, 0) - coalesce(OLD.sessions_used, 0), NEW.sessions_used,
            v_request_id,
            CASE WHEN v_kind IN ('reinstated', 'undone')
                THEN public.event_to_reverse(NEW.id, v_kind, v_chosen) END,
            public.made_by())
        RETURNING id INTO v_event_id;
        -- For whoever asked, within this transaction.
        PERFORM set_config('studio.event_id', v_event_id::text, true),
            set_config('studio.sessions_used', NEW.sessions_used::text, true);
    END IF;
    RETURN NULL;
END
$$;

-- TRUNCATE runs no trigger for a row: the purchases that it takes are recorded here.
CREATE FUNCTION public.record_truncated_purchases() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, made_by)
    SELECT purchase.org_id, purchase.id, 'opened', coalesce(purchase.sessions_used, 0),
        purchase.sessions_used, public.made_by()
    FROM public.client_purchases AS purchase
    WHERE NOT EXISTS (
        SELECT FROM public.session_events AS event WHERE event.purchase_id = purchase.id
    );
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, made_by)
    SELECT purchase.org_id, purchase.id, 'deleted', -coalesce(purchase.sessions_used, 0), 0,
        public.made_by()
    FROM public.client_purchases AS purchase;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.hold_to_request() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.record_session_event() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.record_truncated_purchases() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.event_to_reverse(uuid, text, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.made_by() FROM PUBLIC;

CREATE TRIGGER hold_to_request
BEFORE UPDATE OF sessions_used ON public.client_purchases
FOR EACH ROW
WHEN (current_setting('studio.request_id', true) <> ''
    AND current_setting('application_name') IN (
        'studio: used', 'studio: reinstated', 'studio: undone'))
EXECUTE FUNCTION public.hold_to_request();

CREATE TRIGGER record_session_event
AFTER INSERT OR DELETE ON public.client_purchases
FOR EACH ROW EXECUTE FUNCTION public.record_session_event();

-- Without a list of columns: a trigger of another program may set the count too.
CREATE TRIGGER record_changed_session_event
AFTER UPDATE ON public.client_purchases
FOR EACH ROW
WHEN (OLD.sessions_used IS DISTINCT FROM NEW.sessions_used OR OLD.id <> NEW.id)
EXECUTE FUNCTION public.record_session_event();

CREATE TRIGGER record_truncated_purchases
BEFORE TRUNCATE ON public.client_purchases
FOR EACH STATEMENT EXECUTE FUNCTION public.record_truncated_purchases();

-- Replicated changes are changes.
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_session_event;
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_changed_session_event;
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_truncated_purchases;
