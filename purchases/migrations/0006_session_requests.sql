-- What a person asked for, once: claimed by its id before anything is done, and never changed.
CREATE TABLE public.session_requests (
    request_id uuid PRIMARY KEY,
    operation text NOT NULL,
    purchase_id uuid NOT NULL,
    -- the event that the person chose: the use to give back, the reinstatement to undo
    event_id bigint,
    actor_id bigint NOT NULL REFERENCES public.studio_user (id),
    reason text,
    note text NOT NULL DEFAULT '',
    -- why the desk expected a refusal when the request came; null where it expected none
    objection text,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- the transaction that claimed it: no later one may make an event under its id
    claimed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT session_requests_operation_is_known
        CHECK (operation IN ('reinstate', 'use', 'undo')),
    CONSTRAINT session_requests_reason_is_known
        CHECK (reason IN ('class_cancelled', 'checked_in_by_mistake', 'late_cancel_forgiven',
            'instructor_absent', 'other')),
    CONSTRAINT session_requests_undo_names_an_event
        CHECK (operation <> 'undo' OR event_id IS NOT NULL)
);

-- Its reader: the history of a purchase, where a refused request has no event to lead to it.
CREATE INDEX session_requests_of_a_purchase ON public.session_requests (purchase_id, asked_at);
-- Its reader: whether a user may be deleted.
CREATE INDEX session_requests_of_an_actor ON public.session_requests (actor_id);
