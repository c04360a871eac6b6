-- Create the ledger of counts: one row for every change of client_purchases.sessions_used. A
-- trigger writes it, whatever program makes the change.
CREATE TABLE public.session_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id uuid NOT NULL,
    purchase_id uuid NOT NULL,
    kind text NOT NULL,
    delta int NOT NULL,
    sessions_used int,
    request_id uuid REFERENCES public.session_requests (request_id),
    reverses_id bigint,
    db_role text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xact_id xid8 DEFAULT pg_current_xact_id(),
    CONSTRAINT session_events_kind_is_known CHECK (
        kind IN ('opened', 'used', 'reinstated', 'undone', 'corrected', 'deleted')
    ),
    CONSTRAINT session_events_delta_fits_its_kind CHECK (
        CASE kind
            WHEN 'used' THEN delta = 1
            WHEN 'undone' THEN delta = 1
            WHEN 'reinstated' THEN delta = -1
            ELSE true
        END
    ),
    CONSTRAINT session_events_only_some_kinds_reverse CHECK (
        reverses_id IS NULL OR kind IN ('reinstated', 'undone')
    ),
    CONSTRAINT a_request_has_one_event UNIQUE (request_id),
    CONSTRAINT an_event_is_reversed_once UNIQUE (reverses_id),
    CONSTRAINT session_events_of_one_purchase UNIQUE (purchase_id, id),
    CONSTRAINT an_event_reverses_one_of_its_own_purchase
    FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.session_events (purchase_id, id)
);

-- Read by every open page, every 1.5 seconds. The id can't tell what is new, because ids are
-- assigned before the commit: a smaller id may become visible after a greater one. The
-- transaction can: an event is new if its transaction was not visible in the page's snapshot.
CREATE INDEX session_events_by_transaction
ON public.session_events (org_id, xact_id) INCLUDE (purchase_id)
WHERE xact_id IS NOT NULL;

CREATE TRIGGER forbid_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.session_events
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.session_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.session_events IS
'Studio: keeps the table append-only.';
COMMENT ON TABLE public.session_events IS
'Studio: the ledger of client_purchases.sessions_used, written by triggers. Append-only.';
COMMENT ON COLUMN public.session_events.id IS 'The number of the event.';
COMMENT ON COLUMN public.session_events.org_id IS 'The org of the purchase at that time.';
COMMENT ON COLUMN public.session_events.purchase_id IS
'The purchase. It has no foreign key, because the ledger outlives the purchase.';
COMMENT ON COLUMN public.session_events.kind IS
'What happened: opened, used, reinstated, undone, corrected or deleted.';
COMMENT ON COLUMN public.session_events.delta IS 'The change of the number of used sessions.';
COMMENT ON COLUMN public.session_events.sessions_used IS
'The number of used sessions after the event, or null if another program set no count.';
COMMENT ON COLUMN public.session_events.request_id IS
'The request that caused the event, or null if another program made the change.';
COMMENT ON COLUMN public.session_events.reverses_id IS
'The earlier event that this event reverses.';
COMMENT ON COLUMN public.session_events.db_role IS
'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';
COMMENT ON COLUMN public.session_events.occurred_at IS 'The time of the change.';
COMMENT ON COLUMN public.session_events.xact_id IS
'The transaction of the change. Null in the oldest events of some databases.';
