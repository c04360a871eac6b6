-- Before TRUNCATE of purchases: record every purchase as deleted, because TRUNCATE fires no
-- trigger for each row.
CREATE OR REPLACE FUNCTION public.record_truncated_purchases() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.session_events')
    THEN
        RETURN NULL;
    END IF;

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

    INSERT INTO public.purchase_events
        (org_id, purchase_id, kind, client_id, offer_id, sessions_total, amount_paid_cents,
        currency, payment_status, payment_method, purchased_at, created_at, expires_at,
        db_role)
    SELECT purchase.org_id, purchase.id, 'opened', purchase.client_id, purchase.offer_id,
        purchase.sessions_total, purchase.amount_paid_cents, purchase.currency,
        purchase.payment_status, purchase.payment_method, purchase.purchased_at,
        purchase.created_at, purchase.expires_at, public.current_db_role()
    FROM public.client_purchases AS purchase
    WHERE NOT EXISTS (
        SELECT FROM public.purchase_events AS event WHERE event.purchase_id = purchase.id
    );
    INSERT INTO public.purchase_events
        (org_id, purchase_id, kind, org_id_before, client_id_before, offer_id_before,
        sessions_total_before, amount_paid_cents_before, currency_before,
        payment_status_before, payment_method_before, purchased_at_before, created_at_before,
        db_role)
    SELECT purchase.org_id, purchase.id, 'deleted', purchase.org_id, purchase.client_id,
        purchase.offer_id, purchase.sessions_total, purchase.amount_paid_cents,
        purchase.currency, purchase.payment_status, purchase.payment_method,
        purchase.purchased_at, purchase.created_at, public.current_db_role()
    FROM public.client_purchases AS purchase;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_truncated_purchases() FROM PUBLIC;

COMMENT ON FUNCTION public.record_truncated_purchases() IS
'Studio: trigger function that records every purchase as deleted before TRUNCATE.';
