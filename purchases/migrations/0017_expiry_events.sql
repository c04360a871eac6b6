-- The ledger of expiries: what happened to the day until which a purchase can be used, one row a
-- change, written by a trigger whatever program made the change, and never changed itself. A
-- purchase without a row has the expiry with which this ledger met it.
--
-- No foreign key leads to client_purchases: another program that deletes a purchase goes on
-- working, and the ledger outlives what it describes.
CREATE TABLE public.expiry_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id uuid NOT NULL,
    purchase_id uuid NOT NULL,
    kind text NOT NULL,
    -- null is never, before as after
    expires_before timestamptz,
    expires_at timestamptz,
    request_id uuid REFERENCES public.session_requests (request_id),
    reverses_id bigint,
    -- the database role, and the subject of its token where it came with one
    made_by text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- for open pages, which ask what has changed since they looked
    made_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT expiry_events_kind_is_known
        CHECK (kind IN ('extended', 'undone', 'corrected')),
    CONSTRAINT expiry_events_are_changes
        CHECK (expires_before IS DISTINCT FROM expires_at),
    CONSTRAINT an_extension_is_never_shorter
        CHECK (kind <> 'extended' OR (expires_at > expires_before) IS TRUE),
    CONSTRAINT expiry_events_an_undo_reverses_an_extension
        CHECK ((kind = 'undone') = (reverses_id IS NOT NULL)),
    CONSTRAINT a_request_has_one_expiry_event UNIQUE (request_id),
    CONSTRAINT an_extension_is_undone_once UNIQUE (reverses_id),
    CONSTRAINT expiry_events_of_one_purchase UNIQUE (purchase_id, id),
    CONSTRAINT an_undo_is_of_an_extension_of_its_own_purchase
        FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.expiry_events (purchase_id, id)
);

-- Its reader: every open page, every 1.5 seconds.
CREATE INDEX expiry_events_by_transaction
    ON public.expiry_events (org_id, made_in) INCLUDE (purchase_id);

CREATE TRIGGER refuse_to_forget
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.expiry_events
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_forget();

-- Not even a replica's session may forget.
ALTER TABLE public.expiry_events ENABLE ALWAYS TRIGGER refuse_to_forget;

-- What was asked of an expiry is a request like any other: its id does nothing else.
ALTER TABLE public.session_requests
    ADD COLUMN extend_days int,
    ADD COLUMN extend_until date,
    DROP CONSTRAINT session_requests_operation_is_known,
    ADD CONSTRAINT session_requests_operation_is_known CHECK (operation IN (
        'reinstate', 'use', 'undo', 'extend', 'undo_extension', 'correct_expiry')),
    DROP CONSTRAINT session_requests_undo_names_an_event,
    ADD CONSTRAINT session_requests_undo_names_an_event
        CHECK (operation NOT IN ('undo', 'undo_extension') OR event_id IS NOT NULL),
    ADD CONSTRAINT session_requests_extend_says_how_long
        CHECK ((operation = 'extend') = (num_nonnulls(extend_days, extend_until) = 1));
