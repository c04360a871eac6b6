-- Create the table of requests. A request is inserted by its id before its change is made, in the
-- same transaction, and is never changed. This makes every operation idempotent.
CREATE TABLE public.session_requests (
    request_id uuid PRIMARY KEY,
    operation text NOT NULL,
    purchase_id uuid NOT NULL,
    event_id bigint,
    actor_id bigint NOT NULL REFERENCES public.studio_user (id),
    reason text,
    note text NOT NULL DEFAULT '',
    refusal text,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_xact_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    extend_days int,
    extend_until date,
    approved_by_id bigint REFERENCES public.studio_user (id),
    CONSTRAINT session_requests_operation_is_known CHECK (
        operation IN ('reinstate', 'use', 'undo', 'extend', 'undo_extension', 'correct_expiry')
    ),
    -- The list of reasons is SessionRequest.Reason in Python; the database checks the form only.
    CONSTRAINT session_requests_reason_is_a_code CHECK (reason ~ '^[a-z][a-z0-9_]*$'),
    CONSTRAINT session_requests_undo_names_an_event CHECK (
        operation NOT IN ('undo', 'undo_extension') OR event_id IS NOT NULL
    ),
    CONSTRAINT session_requests_extend_has_days_or_a_date CHECK (
        (operation = 'extend') = (num_nonnulls(extend_days, extend_until) = 1)
    ),
    CONSTRAINT session_requests_approver_is_not_the_actor CHECK (approved_by_id <> actor_id),
    CONSTRAINT session_requests_only_reinstatements_are_approved CHECK (
        approved_by_id IS NULL OR operation = 'reinstate'
    )
);

-- Read by the history of a purchase, because no event leads to a refused request.
CREATE INDEX session_requests_of_a_purchase ON public.session_requests (purchase_id, asked_at);
-- Read when a user is deleted.
CREATE INDEX session_requests_of_an_actor ON public.session_requests (actor_id);
CREATE INDEX session_requests_of_an_approver ON public.session_requests (approved_by_id)
WHERE approved_by_id IS NOT NULL;

COMMENT ON TABLE public.session_requests IS
'Studio: what a person asked for, once per request id. Append-only.';
COMMENT ON COLUMN public.session_requests.request_id IS
'The idempotency key, made by the page before the click.';
COMMENT ON COLUMN public.session_requests.operation IS
'What was asked: reinstate, use, undo, extend, undo_extension or correct_expiry.';
COMMENT ON COLUMN public.session_requests.purchase_id IS
'The purchase. It has no foreign key, because another program may delete the purchase.';
COMMENT ON COLUMN public.session_requests.event_id IS
'The event that the person chose: the use to reinstate, or the event to undo.';
COMMENT ON COLUMN public.session_requests.actor_id IS 'The user who asked.';
COMMENT ON COLUMN public.session_requests.reason IS
'The code of the reason, or null if no reason was given.';
COMMENT ON COLUMN public.session_requests.note IS 'What the person added in their own words.';
COMMENT ON COLUMN public.session_requests.refusal IS
'The code of the refusal that the site expected, or null if it expected none.';
COMMENT ON COLUMN public.session_requests.asked_at IS 'The time when the request came.';
COMMENT ON COLUMN public.session_requests.claimed_xact_id IS
'The transaction that inserted the request. No later transaction may write an event for it.';
COMMENT ON COLUMN public.session_requests.extend_days IS
'The number of days of an extension, or null if it has a date.';
COMMENT ON COLUMN public.session_requests.extend_until IS
'The last day of an extension, or null if it has a number of days.';
COMMENT ON COLUMN public.session_requests.approved_by_id IS
'The owner who approved a reinstatement beyond the allowance.';
