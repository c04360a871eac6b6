-- Create the ledger of purchases: one row for every change of what was bought, by whom and how it
-- was paid, in client_purchases. A trigger writes it, whatever program makes the change. Together
-- with session_events and expiry_events it rebuilds a purchase as it stood at any time.
CREATE TABLE public.purchase_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id uuid NOT NULL,
    purchase_id uuid NOT NULL,
    kind text NOT NULL,
    org_id_before uuid,
    client_id_before uuid,
    client_id uuid,
    offer_id_before uuid,
    offer_id uuid,
    sessions_total_before int,
    sessions_total int,
    amount_paid_cents_before int,
    amount_paid_cents int,
    currency_before text,
    currency text,
    payment_status_before text,
    payment_status text,
    payment_method_before text,
    payment_method text,
    purchased_at_before timestamptz,
    purchased_at timestamptz,
    created_at_before timestamptz,
    created_at timestamptz,
    expires_at timestamptz,
    request_id uuid REFERENCES public.session_requests (request_id),
    reverses_id bigint,
    db_role text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xact_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT purchase_events_kind_is_known CHECK (
        kind IN (
            'opened', 'sold', 'corrected', 'transferred', 'refunded', 'paid', 'undone', 'deleted'
        )
    ),
    CONSTRAINT purchase_events_have_a_state_before CHECK (
        (kind IN ('opened', 'sold')) = (org_id_before IS NULL)
        AND (kind IN ('opened', 'sold')) = (client_id_before IS NULL)
    ),
    CONSTRAINT purchase_events_have_a_state_after CHECK (
        (kind = 'deleted') = (client_id IS NULL)
    ),
    CONSTRAINT purchase_events_are_changes CHECK (
        kind IN ('opened', 'sold', 'deleted')
        OR (
            org_id, client_id, offer_id, sessions_total, amount_paid_cents, currency,
            payment_status, payment_method, purchased_at, created_at
        ) IS DISTINCT FROM (
            org_id_before, client_id_before, offer_id_before, sessions_total_before,
            amount_paid_cents_before, currency_before, payment_status_before,
            payment_method_before, purchased_at_before, created_at_before
        )
    ),
    CONSTRAINT purchase_events_have_an_expiry_at_the_start CHECK (
        kind IN ('opened', 'sold') OR expires_at IS NULL
    ),
    CONSTRAINT purchase_events_an_undo_reverses_an_event CHECK (
        (kind = 'undone') = (reverses_id IS NOT NULL)
    ),
    CONSTRAINT a_request_has_one_purchase_event UNIQUE (request_id),
    CONSTRAINT a_purchase_event_is_undone_once UNIQUE (reverses_id),
    CONSTRAINT purchase_events_of_one_purchase UNIQUE (purchase_id, id),
    CONSTRAINT a_purchase_event_reverses_one_of_its_own_purchase
    FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.purchase_events (purchase_id, id)
);

-- Read by every open page, every 1.5 seconds.
CREATE INDEX purchase_events_by_transaction
ON public.purchase_events (org_id, xact_id) INCLUDE (purchase_id);
-- Read by the page of a client, and by the allowance: the packs that the client gave away.
CREATE INDEX purchase_events_of_a_former_client
ON public.purchase_events (client_id_before) INCLUDE (purchase_id)
WHERE client_id_before <> client_id;

CREATE TRIGGER forbid_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.purchase_events
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.purchase_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.purchase_events IS
'Studio: keeps the table append-only.';
COMMENT ON TABLE public.purchase_events IS
'Studio: the ledger of what was bought, by whom and how it was paid. Append-only.';
COMMENT ON COLUMN public.purchase_events.id IS 'The number of the event.';
COMMENT ON COLUMN public.purchase_events.org_id IS
'The org after the event; of a deleted purchase, its last org.';
COMMENT ON COLUMN public.purchase_events.purchase_id IS
'The purchase. It has no foreign key, because the ledger outlives the purchase.';
COMMENT ON COLUMN public.purchase_events.kind IS
'What happened: opened, sold, corrected, transferred, refunded, paid, undone or deleted.';
COMMENT ON COLUMN public.purchase_events.org_id_before IS
'The org before the event, or null if the event began the ledger of the purchase.';
COMMENT ON COLUMN public.purchase_events.client_id_before IS 'The client before the event.';
COMMENT ON COLUMN public.purchase_events.client_id IS
'The client after the event, or null if the purchase was deleted.';
COMMENT ON COLUMN public.purchase_events.offer_id_before IS 'The offer before the event.';
COMMENT ON COLUMN public.purchase_events.offer_id IS 'The offer after the event.';
COMMENT ON COLUMN public.purchase_events.sessions_total_before IS
'The number of bought sessions before the event.';
COMMENT ON COLUMN public.purchase_events.sessions_total IS
'The number of bought sessions after the event.';
COMMENT ON COLUMN public.purchase_events.amount_paid_cents_before IS 'The price before the event.';
COMMENT ON COLUMN public.purchase_events.amount_paid_cents IS 'The price after the event.';
COMMENT ON COLUMN public.purchase_events.currency_before IS 'The currency before the event.';
COMMENT ON COLUMN public.purchase_events.currency IS 'The currency after the event.';
COMMENT ON COLUMN public.purchase_events.payment_status_before IS
'The status of the payment before the event.';
COMMENT ON COLUMN public.purchase_events.payment_status IS
'The status of the payment after the event.';
COMMENT ON COLUMN public.purchase_events.payment_method_before IS
'The method of the payment before the event.';
COMMENT ON COLUMN public.purchase_events.payment_method IS
'The method of the payment after the event.';
COMMENT ON COLUMN public.purchase_events.purchased_at_before IS
'The time of the purchase before the event.';
COMMENT ON COLUMN public.purchase_events.purchased_at IS
'The time of the purchase after the event.';
COMMENT ON COLUMN public.purchase_events.created_at_before IS
'The time of the creation before the event.';
COMMENT ON COLUMN public.purchase_events.created_at IS
'The time of the creation after the event.';
COMMENT ON COLUMN public.purchase_events.expires_at IS
'The expiry when the ledger of the purchase began. Its changes are in expiry_events.';
COMMENT ON COLUMN public.purchase_events.request_id IS
'The request that caused the event, or null if another program made the change.';
COMMENT ON COLUMN public.purchase_events.reverses_id IS 'The event that this event undoes.';
COMMENT ON COLUMN public.purchase_events.db_role IS
'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';
COMMENT ON COLUMN public.purchase_events.occurred_at IS 'The time of the change.';
COMMENT ON COLUMN public.purchase_events.xact_id IS 'The transaction of the change.';
