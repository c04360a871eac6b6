-- Before a change of a count: refuse it if its request is for another purchase or was claimed by
-- an earlier transaction. Skip the UPDATE if the event that the request chose was reversed since.
-- The row is locked at this point, so no concurrent change can come in between.
CREATE OR REPLACE FUNCTION public.enforce_request() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_operation text := public.current_operation();
    v_request public.session_requests;
BEGIN
    IF v_operation IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO v_request FROM public.session_requests
    WHERE request_id = current_setting('studio.request_id')::uuid;
    -- A move changes two purchases.
    IF (OLD.id IN (v_request.purchase_id, v_request.to_purchase_id)) IS NOT TRUE
        OR v_request.operation IS DISTINCT FROM v_operation
    THEN
        RAISE EXCEPTION 'the request % is not for the purchase %',
            current_setting('studio.request_id'), OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
    END IF;
    -- Otherwise a caller who knows the id of a refused request could act in the actor's name.
    IF v_request.claimed_xact_id <> pg_current_xact_id() THEN
        RAISE EXCEPTION 'the request % was answered before', v_request.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_answered_once';
    END IF;
    IF v_request.event_id IS NOT NULL
        AND (OLD.id = v_request.purchase_id OR v_operation = 'undo_move')
        AND public.event_to_reverse(OLD.id, v_operation, v_request.event_id) IS NULL
    THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END
$$;

REVOKE ALL ON FUNCTION public.enforce_request() FROM PUBLIC;

COMMENT ON FUNCTION public.enforce_request() IS
'Studio: trigger function that allows a change of a count only to the purchase of its request.';
