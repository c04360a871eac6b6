-- Records every change of an expiry as an event of its ledger, whatever program made it, and lets
-- a request through to its own purchase and its own operation alone.

-- Returns the extension of a purchase that may be undone: the newest change of its expiry, undos
-- and what they undid left out, if that is an extension; else null.
CREATE FUNCTION public.extension_to_undo(p_purchase_id uuid) RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE newest.kind WHEN 'extended' THEN newest.id END
    FROM public.expiry_events AS newest
    WHERE newest.purchase_id = p_purchase_id
        AND newest.kind <> 'undone'
        AND NOT EXISTS (
            SELECT FROM public.expiry_events AS undo WHERE undo.reverses_id = newest.id
        )
    ORDER BY newest.id DESC
    LIMIT 1
$$;

-- After the change: writes the event.
CREATE FUNCTION public.record_expiry_event() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Only our functions go by these names; whatever another program calls itself, its change is
    -- a correction.
    v_operation text := substring(current_setting('application_name')
        FROM '^studio: (extend|undo_extension|correct_expiry)$');
    v_kind text := CASE v_operation
        WHEN 'extend' THEN 'extended' WHEN 'undo_extension' THEN 'undone' ELSE 'corrected' END;
    v_before timestamptz;
    v_request_id uuid;
    v_request public.session_requests;
    v_event_id bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        v_before := OLD.expires_at;
    ELSE
        -- A purchase that was deleted and comes back under its old id goes on in its old ledger.
        SELECT expires_at INTO v_before FROM public.expiry_events
        WHERE purchase_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    IF v_before IS NOT DISTINCT FROM NEW.expires_at THEN
        RETURN NULL;
    END IF;

    IF v_operation IS NOT NULL THEN
        v_request_id := nullif(current_setting('studio.request_id', true), '')::uuid;
    END IF;
    IF v_request_id IS NOT NULL THEN
        SELECT * INTO v_request FROM public.session_requests WHERE request_id = v_request_id;
        IF (v_request.purchase_id, v_request.operation, v_request.claimed_in)
            IS DISTINCT FROM (NEW.id, v_operation, pg_current_xact_id())
        THEN
            RAISE EXCEPTION 'the request % is not for this change of the purchase %',
                v_request_id, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
        END IF;
    END IF;

    INSERT INTO public.expiry_events
        (org_id, purchase_id, kind, expires_before, expires_at, request_id, reverses_id, made_by)
    VALUES (NEW.org_id, NEW.id, v_kind, v_before, NEW.expires_at, v_request_id,
        CASE WHEN v_kind = 'undone' THEN public.extension_to_undo(NEW.id) END,
        public.made_by())
    RETURNING id INTO v_event_id;
    -- For whoever asked, within this transaction.
    PERFORM set_config('studio.expiry_event_id', v_event_id::text, true);
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_expiry_event() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.extension_to_undo(uuid) FROM PUBLIC;

CREATE TRIGGER record_expiry_event
AFTER INSERT ON public.client_purchases
FOR EACH ROW EXECUTE FUNCTION public.record_expiry_event();

-- Without a list of columns: a trigger of another program may set the expiry too.
CREATE TRIGGER record_changed_expiry_event
AFTER UPDATE ON public.client_purchases
FOR EACH ROW
WHEN (OLD.expires_at IS DISTINCT FROM NEW.expires_at OR OLD.id <> NEW.id)
EXECUTE FUNCTION public.record_expiry_event();

-- Replicated changes are changes.
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_expiry_event;
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_changed_expiry_event;
