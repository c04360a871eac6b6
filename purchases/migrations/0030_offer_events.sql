-- Create the ledger of offers: one row for every offer that was added, changed, retired, brought
-- back or deleted. A trigger writes it, whatever program makes the change.
CREATE TABLE public.offer_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    kind text NOT NULL,
    before jsonb,
    after jsonb,
    actor_id bigint,
    request_id uuid,
    db_role text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xact_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT offer_events_kind_is_known CHECK (
        kind IN ('added', 'changed', 'retired', 'restored', 'deleted')
    ),
    CONSTRAINT offer_events_have_a_state_before CHECK ((kind = 'added') = (before IS NULL)),
    CONSTRAINT offer_events_have_a_state_after CHECK ((kind = 'deleted') = (after IS NULL)),
    CONSTRAINT an_offer_request_has_an_actor CHECK (request_id IS NULL OR actor_id IS NOT NULL),
    CONSTRAINT an_offer_request_has_one_event UNIQUE (request_id)
);

-- Read by the page of an offer, newest first.
CREATE INDEX offer_events_of_an_offer ON public.offer_events (offer_id, id);

CREATE TRIGGER forbid_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.offer_events
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.offer_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.offer_events IS 'Studio: keeps the table append-only.';
COMMENT ON TABLE public.offer_events IS
'Studio: the ledger of offers: who changed what, and when. Append-only.';
COMMENT ON COLUMN public.offer_events.id IS 'The number of the event.';
COMMENT ON COLUMN public.offer_events.org_id IS 'The org of the offer.';
COMMENT ON COLUMN public.offer_events.offer_id IS
'The offer. It has no foreign key, because the ledger outlives the offer.';
COMMENT ON COLUMN public.offer_events.kind IS
'What happened: added, changed, retired, restored or deleted.';
COMMENT ON COLUMN public.offer_events.before IS 'The columns of the offer before the event.';
COMMENT ON COLUMN public.offer_events.after IS 'The columns of the offer after the event.';
COMMENT ON COLUMN public.offer_events.actor_id IS
'The user who made the change, or null if another program made it. The site sets it.';
COMMENT ON COLUMN public.offer_events.request_id IS
'The id of the request that made the change, or null.';
COMMENT ON COLUMN public.offer_events.db_role IS
'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';
COMMENT ON COLUMN public.offer_events.occurred_at IS 'The time of the change.';
COMMENT ON COLUMN public.offer_events.xact_id IS 'The transaction of the change.';
