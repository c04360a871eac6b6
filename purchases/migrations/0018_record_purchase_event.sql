-- After a change of a purchase: write what was bought, by whom and how it was paid, before and
-- after, into purchase_events. Refuse the change if its request is for another purchase, another
-- operation or an earlier transaction.
CREATE FUNCTION public.record_purchase_event() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_operation text := public.current_operation();
    v_kind text := CASE v_operation
        WHEN 'sell' THEN 'sold'
        WHEN 'transfer' THEN 'transferred'
        WHEN 'refund' THEN 'refunded'
        WHEN 'receive_payment' THEN 'paid'
        WHEN 'undo_change' THEN 'undone'
        ELSE 'corrected'
    END;
    v_request_id uuid;
    v_request public.session_requests;
    v_event_id bigint;
BEGIN
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
            db_role)
        VALUES (OLD.org_id, OLD.id, 'deleted', OLD.org_id, OLD.client_id, OLD.offer_id,
            OLD.sessions_total, OLD.amount_paid_cents, OLD.currency, OLD.payment_status,
            OLD.payment_method, OLD.purchased_at, OLD.created_at, public.current_db_role());
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
            reverses_id, db_role)
        VALUES (NEW.org_id, NEW.id, v_kind, OLD.org_id, OLD.client_id, NEW.client_id,
            OLD.offer_id, NEW.offer_id, OLD.sessions_total, NEW.sessions_total,
            OLD.amount_paid_cents, NEW.amount_paid_cents, OLD.currency, NEW.currency,
            OLD.payment_status, NEW.payment_status, OLD.payment_method, NEW.payment_method,
            OLD.purchased_at, NEW.purchased_at, OLD.created_at, NEW.created_at, v_request_id,
            CASE WHEN v_kind = 'undone' THEN v_request.event_id END, public.current_db_role())
        RETURNING id INTO v_event_id;
    END IF;
    -- Return the event to the statement that claimed the request.
    PERFORM set_config('studio.purchase_event_id', v_event_id::text, true);
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_purchase_event() FROM PUBLIC;

CREATE TRIGGER record_purchase_event
AFTER INSERT OR DELETE ON public.client_purchases
FOR EACH ROW EXECUTE FUNCTION public.record_purchase_event();

-- The condition keeps the trigger off changes of the used count, which happen all day. It names no
-- columns, because another program's BEFORE trigger may change a column that the UPDATE did not
-- name.
CREATE TRIGGER record_changed_purchase_event
AFTER UPDATE ON public.client_purchases
FOR EACH ROW
WHEN (
    OLD.sessions_total IS DISTINCT FROM NEW.sessions_total
    OR OLD.client_id <> NEW.client_id
    OR OLD.org_id <> NEW.org_id
    OR OLD.offer_id <> NEW.offer_id
    OR OLD.payment_status IS DISTINCT FROM NEW.payment_status
    OR OLD.payment_method IS DISTINCT FROM NEW.payment_method
    OR OLD.amount_paid_cents <> NEW.amount_paid_cents
    OR OLD.currency <> NEW.currency
    OR OLD.purchased_at <> NEW.purchased_at
    OR OLD.created_at <> NEW.created_at
    OR OLD.id <> NEW.id
)
EXECUTE FUNCTION public.record_purchase_event();

-- ALWAYS: replicated changes are recorded too.
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_purchase_event;
ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_changed_purchase_event;

COMMENT ON FUNCTION public.record_purchase_event() IS
'Studio: trigger function that records what was bought, by whom and how it was paid.';
COMMENT ON TRIGGER record_purchase_event ON public.client_purchases IS
'Studio: records a new or deleted purchase in purchase_events.';
COMMENT ON TRIGGER record_changed_purchase_event ON public.client_purchases IS
'Studio: records changed columns of a purchase in purchase_events.';
