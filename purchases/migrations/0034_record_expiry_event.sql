-- After a change of a purchase: write the change of its expiry into expiry_events. Refuse the
-- change if its request is for another purchase, another operation or an earlier transaction.
CREATE OR REPLACE FUNCTION public.record_expiry_event() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_operation text := public.current_operation();
    v_kind text := CASE v_operation
        WHEN 'extend' THEN 'extended' WHEN 'undo_extension' THEN 'undone' ELSE 'corrected' END;
    v_before timestamptz;
    v_request_id uuid;
    v_request public.session_requests;
    v_event_id bigint;
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.expiry_events')
    THEN
        RETURN NULL;
    END IF;

    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        v_before := OLD.expires_at;
    ELSE
        -- A deleted purchase that is inserted again with its old id continues its old ledger.
        SELECT expires_at INTO v_before FROM public.expiry_events
        WHERE purchase_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    IF v_before IS NOT DISTINCT FROM NEW.expires_at THEN
        RETURN NULL;
    END IF;

    IF v_operation IN ('extend', 'undo_extension', 'correct_expiry') THEN
        v_request_id := nullif(current_setting('studio.request_id', true), '')::uuid;
    END IF;
    IF v_request_id IS NOT NULL THEN
        SELECT * INTO v_request FROM public.session_requests WHERE request_id = v_request_id;
        IF (v_request.purchase_id, v_request.operation, v_request.claimed_xact_id)
            IS DISTINCT FROM (NEW.id, v_operation, pg_current_xact_id())
        THEN
            RAISE EXCEPTION 'the request % is not for this change of the purchase %',
                v_request_id, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
        END IF;
    END IF;

    INSERT INTO public.expiry_events
        (org_id, purchase_id, kind, expires_before, expires_at, request_id, reverses_id, db_role)
    VALUES (NEW.org_id, NEW.id, v_kind, v_before, NEW.expires_at, v_request_id,
        CASE WHEN v_kind = 'undone' THEN public.extension_to_undo(NEW.id) END,
        public.current_db_role())
    RETURNING id INTO v_event_id;
    -- Return the event to the statement that claimed the request.
    PERFORM set_config('studio.expiry_event_id', v_event_id::text, true);
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_expiry_event() FROM PUBLIC;

COMMENT ON FUNCTION public.record_expiry_event() IS
'Studio: trigger function that records a change of an expiry in expiry_events.';
