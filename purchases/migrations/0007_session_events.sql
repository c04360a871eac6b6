-- The ledger: what happened to a count, one row a change, written by a trigger whatever program
-- made the change, and never changed itself.
--
-- No foreign key leads to client_purchases: another program that deletes a purchase goes on
-- working, and the ledger outlives what it describes.
CREATE TABLE public.session_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id uuid NOT NULL,
    purchase_id uuid NOT NULL,
    kind text NOT NULL,
    delta int NOT NULL,
    -- after the change; null where another program left no count
    sessions_used int,
    request_id uuid REFERENCES public.session_requests (request_id),
    reverses_id bigint,
    -- the database role, and the subject of its token where it came with one
    made_by text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT session_events_kind_is_known
        CHECK (kind IN ('opened', 'used', 'reinstated', 'undone', 'corrected', 'deleted')),
    CONSTRAINT session_events_delta_fits_its_kind
        CHECK (CASE kind
            WHEN 'used' THEN delta = 1
            WHEN 'undone' THEN delta = 1
            WHEN 'reinstated' THEN delta = -1
            ELSE true
        END),
    CONSTRAINT session_events_only_some_kinds_reverse
        CHECK (reverses_id IS NULL OR kind IN ('reinstated', 'undone')),
    CONSTRAINT a_request_has_one_event UNIQUE (request_id),
    CONSTRAINT an_event_is_reversed_once UNIQUE (reverses_id),
    CONSTRAINT session_events_of_one_purchase UNIQUE (purchase_id, id),
    CONSTRAINT an_event_reverses_one_of_its_own_purchase
        FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.session_events (purchase_id, id)
);

-- Refuses every change of what was recorded, for the owner of the table and superusers too.
CREATE FUNCTION public.refuse_to_forget() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was recorded stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
            HINT = 'Put a mistake right by a further change; it is recorded too.';
END
$$;

CREATE TRIGGER refuse_to_forget
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.session_events
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_forget();

CREATE TRIGGER refuse_to_forget
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.session_requests
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_forget();

-- Not even a replica's session may forget.
ALTER TABLE public.session_events ENABLE ALWAYS TRIGGER refuse_to_forget;
ALTER TABLE public.session_requests ENABLE ALWAYS TRIGGER refuse_to_forget;
