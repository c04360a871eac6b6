-- Create the table of requests for clients. A request is inserted by its id before its change is
-- made, in the same transaction, and is never changed. It has no personal text.
CREATE TABLE public.client_requests (
    request_id uuid PRIMARY KEY,
    operation text NOT NULL,
    org_id uuid NOT NULL,
    client_id uuid NOT NULL,
    other_client_id uuid,
    event_id bigint,
    actor_id bigint NOT NULL REFERENCES public.studio_user (id),
    refusal text,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_xact_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT client_requests_operation_is_known CHECK (
        operation IN ('add_client', 'edit_client', 'merge_client', 'undo_merge')
    ),
    CONSTRAINT client_requests_merge_has_two_clients CHECK (
        (operation IN ('merge_client', 'undo_merge')) = (other_client_id IS NOT NULL)
        AND (other_client_id IS NULL OR other_client_id <> client_id)
    ),
    CONSTRAINT client_requests_undo_names_an_event CHECK (
        (operation = 'undo_merge') = (event_id IS NOT NULL)
    )
);

-- Read when a user is deleted.
CREATE INDEX client_requests_of_an_actor ON public.client_requests (actor_id);

CREATE TRIGGER forbid_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.client_requests
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.client_requests ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.client_requests IS
'Studio: keeps the table append-only.';
COMMENT ON TABLE public.client_requests IS
'Studio: what a person asked for about a client, once per request id. Append-only.';
COMMENT ON COLUMN public.client_requests.request_id IS
'The id of the request, made by the page before the click.';
COMMENT ON COLUMN public.client_requests.operation IS
'What was asked: add_client, edit_client, merge_client or undo_merge.';
COMMENT ON COLUMN public.client_requests.org_id IS 'The org of the person who asked.';
COMMENT ON COLUMN public.client_requests.client_id IS
'The client; in a merge, the one that is kept. It has no foreign key, as the ledger.';
COMMENT ON COLUMN public.client_requests.other_client_id IS
'The client that is merged into the kept one.';
COMMENT ON COLUMN public.client_requests.event_id IS 'The event of the merge that is undone.';
COMMENT ON COLUMN public.client_requests.actor_id IS 'The user who asked.';
COMMENT ON COLUMN public.client_requests.refusal IS
'The code of the refusal, or null if none was known when the request came.';
COMMENT ON COLUMN public.client_requests.asked_at IS 'The time when the request came.';
COMMENT ON COLUMN public.client_requests.claimed_xact_id IS
'The transaction that inserted the request. No later transaction may write an event for it.';
