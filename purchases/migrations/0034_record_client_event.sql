-- After a change of a client: write its name, e-mail, phone number, notes, status and org, before
-- and after, into client_events. Refuse the change if its request is for another client, another
-- operation or an earlier transaction. An import adds many clients in one statement, each with a
-- request of its own.
CREATE OR REPLACE FUNCTION public.record_client_event() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_operation text := public.current_client_operation();
    v_kind text := CASE v_operation
        WHEN 'add_client' THEN 'added'
        WHEN 'edit_client' THEN 'edited'
        WHEN 'merge_client' THEN 'merged'
        WHEN 'undo_merge' THEN 'unmerged'
        WHEN 'erase_client' THEN 'erased'
        WHEN 'import' THEN 'added'
        ELSE 'corrected'
    END;
    v_request public.client_requests;
    v_other_id uuid;
    v_reverses_id bigint;
    v_event_id bigint;
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.client_events')
    THEN
        RETURN NULL;
    END IF;

    IF v_operation IN ('add_client', 'edit_client', 'merge_client', 'undo_merge') THEN
        SELECT * INTO v_request FROM public.client_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid;
        IF NOT FOUND THEN
            RAISE EXCEPTION '% needs a request', v_operation
                USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'an_operation_of_the_site_has_a_request';
        END IF;
        IF (v_request.operation, v_request.claimed_xact_id)
            IS DISTINCT FROM (v_operation, pg_current_xact_id())
            OR (NEW.id IN (v_request.client_id, v_request.other_client_id)) IS NOT TRUE
        THEN
            RAISE EXCEPTION 'the request % is not for this change of the client %',
                v_request.request_id, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_its_clients';
        END IF;
        v_other_id := CASE NEW.id
            WHEN v_request.client_id THEN v_request.other_client_id ELSE v_request.client_id
        END;
    END IF;

    IF v_operation IN ('import', 'undo_import') THEN
        SELECT * INTO v_request FROM public.client_requests
        WHERE client_id = coalesce(NEW.id, OLD.id)
            AND operation = v_operation
            AND claimed_xact_id = pg_current_xact_id();
        IF NOT FOUND THEN
            RAISE EXCEPTION '% needs a request', v_operation
                USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'an_operation_of_the_site_has_a_request';
        END IF;
    END IF;

    -- A changed id is recorded as a deleted client and a new one.
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.client_events
            (org_id, client_id, kind, org_id_before, full_name_before, email_before,
            phone_before, notes_before, status_before, request_id, db_role)
        VALUES (OLD.org_id, OLD.id, 'deleted', OLD.org_id, OLD.full_name, OLD.email, OLD.phone,
            OLD.notes, OLD.status,
            CASE v_operation WHEN 'undo_import' THEN v_request.request_id END,
            public.current_db_role());
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.client_events
            (org_id, client_id, kind, full_name, email, phone, notes, status, request_id, db_role)
        VALUES (NEW.org_id, NEW.id, CASE v_kind WHEN 'added' THEN v_kind ELSE 'opened' END,
            NEW.full_name, NEW.email, NEW.phone, NEW.notes, NEW.status, v_request.request_id,
            public.current_db_role())
        RETURNING id INTO v_event_id;
    ELSIF TG_OP = 'UPDATE' THEN
        IF v_kind = 'unmerged' THEN
            -- Both clients of a merge have an event of its request, if the merge changed both.
            SELECT undone.id INTO v_reverses_id
            FROM public.client_events AS merge
                JOIN public.client_events AS undone ON undone.request_id = merge.request_id
            WHERE merge.id = v_request.event_id AND undone.client_id = NEW.id;
        END IF;
        INSERT INTO public.client_events
            (org_id, client_id, kind, org_id_before, full_name_before, full_name, email_before,
            email, phone_before, phone, notes_before, notes, status_before, status,
            other_client_id, request_id, reverses_id, db_role)
        VALUES (NEW.org_id, NEW.id, v_kind, OLD.org_id, OLD.full_name, NEW.full_name, OLD.email,
            NEW.email, OLD.phone, NEW.phone, OLD.notes, NEW.notes, OLD.status, NEW.status,
            v_other_id, v_request.request_id, v_reverses_id, public.current_db_role())
        RETURNING id INTO v_event_id;
    END IF;
    -- Return the event to the statement that claimed the request.
    PERFORM set_config('studio.client_event_id', v_event_id::text, true);
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_client_event() FROM PUBLIC;

COMMENT ON FUNCTION public.record_client_event() IS
'Studio: trigger function that records a change of a client in client_events.';
