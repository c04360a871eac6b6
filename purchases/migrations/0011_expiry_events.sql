-- Create the ledger of expiries: one row for every change of client_purchases.expires_at. A
-- trigger writes it, whatever program makes the change. A purchase without a row has the expiry
-- that it had when the ledger was installed.
CREATE TABLE public.expiry_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id uuid NOT NULL,
    purchase_id uuid NOT NULL,
    kind text NOT NULL,
    expires_before timestamptz,
    expires_at timestamptz,
    request_id uuid REFERENCES public.session_requests (request_id),
    reverses_id bigint,
    db_role text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xact_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT expiry_events_kind_is_known CHECK (kind IN ('extended', 'undone', 'corrected')),
    CONSTRAINT expiry_events_are_changes CHECK (expires_before IS DISTINCT FROM expires_at),
    CONSTRAINT an_extension_is_never_shorter CHECK (
        kind <> 'extended' OR (expires_at > expires_before) IS TRUE
    ),
    CONSTRAINT expiry_events_an_undo_reverses_an_extension CHECK (
        (kind = 'undone') = (reverses_id IS NOT NULL)
    ),
    CONSTRAINT a_request_has_one_expiry_event UNIQUE (request_id),
    CONSTRAINT an_extension_is_undone_once UNIQUE (reverses_id),
    CONSTRAINT expiry_events_of_one_purchase UNIQUE (purchase_id, id),
    CONSTRAINT an_undo_is_of_an_extension_of_its_own_purchase
    FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.expiry_events (purchase_id, id)
);

-- Read by every open page, every 1.5 seconds.
CREATE INDEX expiry_events_by_transaction
ON public.expiry_events (org_id, xact_id) INCLUDE (purchase_id);

CREATE TRIGGER forbid_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.expiry_events
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.expiry_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.expiry_events IS
'Studio: keeps the table append-only.';
COMMENT ON TABLE public.expiry_events IS
'Studio: the ledger of client_purchases.expires_at, written by triggers. Append-only.';
COMMENT ON COLUMN public.expiry_events.id IS 'The number of the event.';
COMMENT ON COLUMN public.expiry_events.org_id IS 'The org of the purchase at that time.';
COMMENT ON COLUMN public.expiry_events.purchase_id IS
'The purchase. It has no foreign key, because the ledger outlives the purchase.';
COMMENT ON COLUMN public.expiry_events.kind IS 'What happened: extended, undone or corrected.';
COMMENT ON COLUMN public.expiry_events.expires_before IS
'The expiry before the event, or null if the purchase never expired.';
COMMENT ON COLUMN public.expiry_events.expires_at IS
'The expiry after the event, or null if the purchase never expires.';
COMMENT ON COLUMN public.expiry_events.request_id IS
'The request that caused the event, or null if another program made the change.';
COMMENT ON COLUMN public.expiry_events.reverses_id IS 'The extension that this event undoes.';
COMMENT ON COLUMN public.expiry_events.db_role IS
'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';
COMMENT ON COLUMN public.expiry_events.occurred_at IS 'The time of the change.';
COMMENT ON COLUMN public.expiry_events.xact_id IS 'The transaction of the change.';
