-- After a change of a purchase: write what was bought, by whom and how it was paid, before and
-- after, into purchase_events. Refuse the change if its request is for another purchase, another
-- operation or an earlier transaction. A merge of two clients has one request for all purchases. An
-- import writes many purchases in one statement, each with a request of its own.
CREATE OR REPLACE FUNCTION public.record_purchase_event() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_operation text := public.current_operation();
    v_client_operation text := public.current_client_operation();
    v_kind text := CASE coalesce(v_operation, v_client_operation)
        WHEN 'sell' THEN 'sold'
        WHEN 'transfer' THEN 'transferred'
        WHEN 'refund' THEN 'refunded'
        WHEN 'receive_payment' THEN 'paid'
        WHEN 'undo_change' THEN 'undone'
        WHEN 'merge_client' THEN 'merged'
        WHEN 'undo_merge' THEN 'unmerged'
        ELSE 'corrected'
    END;
    v_request_id uuid;
    v_request public.session_requests;
    v_client_request public.client_requests;
    v_reverses_id bigint;
    v_event_id bigint;
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.purchase_events')
    THEN
        RETURN NULL;
    END IF;

    IF v_operation IN
        ('sell', 'correct_total', 'transfer', 'refund', 'receive_payment', 'undo_change')
    THEN
        v_request_id := nullif(current_setting('studio.request_id', true), '')::uuid;
        IF v_request_id IS NULL THEN
            RAISE EXCEPTION '% needs a request', v_operation
                USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'an_operation_of_the_site_has_a_request';
        END IF;
    END IF;
    IF v_operation IN ('import', 'undo_import') THEN
        v_request_id := (
            SELECT request_id FROM public.session_requests
            WHERE purchase_id = coalesce(NEW.id, OLD.id)
                AND operation = v_operation
                AND claimed_xact_id = pg_current_xact_id()
        );
        IF v_request_id IS NULL THEN
            RAISE EXCEPTION '% needs a request', v_operation
                USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'an_operation_of_the_site_has_a_request';
        END IF;
    ELSIF v_request_id IS NOT NULL THEN
        SELECT * INTO v_request FROM public.session_requests WHERE request_id = v_request_id;
        IF (v_request.purchase_id, v_request.operation, v_request.claimed_xact_id)
            IS DISTINCT FROM (NEW.id, v_operation, pg_current_xact_id())
        THEN
            RAISE EXCEPTION 'the request % is not for this change of the purchase %',
                v_request_id, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
        END IF;
    END IF;
    IF v_kind IN ('merged', 'unmerged') THEN
        SELECT * INTO v_client_request FROM public.client_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid;
        IF (v_client_request.operation, v_client_request.claimed_xact_id)
            IS DISTINCT FROM (v_client_operation, pg_current_xact_id())
            OR TG_OP <> 'UPDATE'
        THEN
            RAISE EXCEPTION 'no request of this transaction is for this change of the purchase'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_its_clients';
        END IF;
    END IF;
    IF v_kind = 'undone' THEN
        v_reverses_id := v_request.event_id;
    ELSIF v_kind = 'unmerged' THEN
        SELECT event.id INTO v_reverses_id
        FROM public.client_events AS merge
            JOIN public.purchase_events AS event ON event.client_request_id = merge.request_id
        WHERE merge.id = v_client_request.event_id AND event.purchase_id = NEW.id;
    END IF;

    -- Open the ledger of a purchase that is older than the ledger, with its state before.
    IF TG_OP IN ('UPDATE', 'DELETE') AND NOT EXISTS (
        SELECT FROM public.purchase_events WHERE purchase_id = OLD.id
    ) THEN
        INSERT INTO public.purchase_events
            (org_id, purchase_id, kind, client_id, offer_id, sessions_total, amount_paid_cents,
            currency, payment_status, payment_method, purchased_at, created_at, expires_at, db_role)
        VALUES (OLD.org_id, OLD.id, 'opened', OLD.client_id, OLD.offer_id, OLD.sessions_total,
            OLD.amount_paid_cents, OLD.currency, OLD.payment_status, OLD.payment_method,
            -- The ledger of expiries has recorded a change of the expiry in the same UPDATE.
            OLD.purchased_at, OLD.created_at,
            CASE TG_OP WHEN 'UPDATE' THEN NEW.expires_at ELSE OLD.expires_at END,
            public.current_db_role());
    END IF;

    -- A changed id is recorded as a deleted purchase and a new one.
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.purchase_events
            (org_id, purchase_id, kind, org_id_before, client_id_before, offer_id_before,
            sessions_total_before, amount_paid_cents_before, currency_before,
            payment_status_before, payment_method_before, purchased_at_before, created_at_before,
            request_id, db_role)
        VALUES (OLD.org_id, OLD.id, 'deleted', OLD.org_id, OLD.client_id, OLD.offer_id,
            OLD.sessions_total, OLD.amount_paid_cents, OLD.currency, OLD.payment_status,
            OLD.payment_method, OLD.purchased_at, OLD.created_at,
            CASE v_operation WHEN 'undo_import' THEN v_request_id END, public.current_db_role());
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.purchase_events
            (org_id, purchase_id, kind, client_id, offer_id, sessions_total, amount_paid_cents,
            currency, payment_status, payment_method, purchased_at, created_at, expires_at,
            request_id, db_role)
        VALUES (NEW.org_id, NEW.id, CASE v_kind WHEN 'sold' THEN v_kind ELSE 'opened' END,
            NEW.client_id, NEW.offer_id, NEW.sessions_total, NEW.amount_paid_cents, NEW.currency,
            NEW.payment_status, NEW.payment_method, NEW.purchased_at, NEW.created_at,
            NEW.expires_at, v_request_id, public.current_db_role())
        RETURNING id INTO v_event_id;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO public.purchase_events
            (org_id, purchase_id, kind, org_id_before, client_id_before, client_id,
            offer_id_before, offer_id, sessions_total_before, sessions_total,
            amount_paid_cents_before, amount_paid_cents, currency_before, currency,
            payment_status_before, payment_status, payment_method_before, payment_method,
            purchased_at_before, purchased_at, created_at_before, created_at, request_id,
            client_request_id, reverses_id, db_role)
        VALUES (NEW.org_id, NEW.id, v_kind, OLD.org_id, OLD.client_id, NEW.client_id,
            OLD.offer_id, NEW.offer_id, OLD.sessions_total, NEW.sessions_total,
            OLD.amount_paid_cents, NEW.amount_paid_cents, OLD.currency, NEW.currency,
            OLD.payment_status, NEW.payment_status, OLD.payment_method, NEW.payment_method,
            OLD.purchased_at, NEW.purchased_at, OLD.created_at, NEW.created_at, v_request_id,
            v_client_request.request_id, v_reverses_id, public.current_db_role())
        RETURNING id INTO v_event_id;
    END IF;
    -- Return the event to the statement that claimed the request.
    PERFORM set_config('studio.purchase_event_id', v_event_id::text, true);
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_purchase_event() FROM PUBLIC;

COMMENT ON FUNCTION public.record_purchase_event() IS
'Studio: trigger function that records what was bought, by whom and how it was paid.';
