-- Create the ledger of clients: one row for every change of a name, an e-mail, a phone number, a
-- note, a status or an org in clients. A trigger writes it, whatever program makes the change.
-- An event has the values before and after, so a client that is older than the ledger needs no
-- event that opens it, and the upgrade copies no personal data.
CREATE TABLE public.client_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id uuid NOT NULL,
    client_id uuid NOT NULL,
    kind text NOT NULL,
    org_id_before uuid,
    full_name_before text,
    full_name text,
    email_before text,
    email text,
    phone_before text,
    phone text,
    notes_before text,
    notes text,
    status_before text,
    status text,
    other_client_id uuid,
    request_id uuid REFERENCES public.client_requests (request_id),
    reverses_id bigint,
    db_role text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xact_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    erased_at timestamptz,
    CONSTRAINT client_events_kind_is_known CHECK (
        kind IN (
            'opened', 'added', 'edited', 'corrected', 'merged', 'unmerged', 'erased', 'deleted'
        )
    ),
    CONSTRAINT client_events_have_an_org_before CHECK (
        (kind IN ('opened', 'added')) = (org_id_before IS NULL)
    ),
    CONSTRAINT client_events_are_changes CHECK (
        kind IN ('opened', 'added', 'deleted')
        OR erased_at IS NOT NULL
        OR (org_id, full_name, email, phone, notes, status) IS DISTINCT FROM (
            org_id_before, full_name_before, email_before, phone_before, notes_before,
            status_before
        )
    ),
    CONSTRAINT client_events_an_erased_one_is_empty CHECK (
        erased_at IS NULL
        OR num_nonnulls(
            full_name_before, full_name, email_before, email, phone_before, phone, notes_before,
            notes
        ) = 0
    ),
    CONSTRAINT client_events_a_merge_has_another_client CHECK (
        (kind IN ('merged', 'unmerged')) = (other_client_id IS NOT NULL)
    ),
    CONSTRAINT a_request_has_one_event_for_each_client UNIQUE (request_id, client_id),
    CONSTRAINT a_client_event_is_undone_once UNIQUE (reverses_id),
    CONSTRAINT client_events_of_one_client UNIQUE (client_id, id),
    CONSTRAINT a_client_event_reverses_one_of_its_own_client
    FOREIGN KEY (client_id, reverses_id) REFERENCES public.client_events (client_id, id)
);

-- Read by the page of a client, which shows the records that were merged into it.
CREATE INDEX client_events_of_another_client ON public.client_events (other_client_id)
WHERE other_client_id IS NOT NULL;

CREATE TRIGGER forbid_change
BEFORE DELETE OR TRUNCATE ON public.client_events
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.client_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.client_events IS
'Studio: forbids DELETE and TRUNCATE.';
COMMENT ON TABLE public.client_events IS
'Studio: the ledger of clients. Append-only, but the personal values of an event can be erased.';
COMMENT ON COLUMN public.client_events.id IS 'The number of the event.';
COMMENT ON COLUMN public.client_events.org_id IS
'The org after the event; of a deleted client, its last org.';
COMMENT ON COLUMN public.client_events.client_id IS
'The client. It has no foreign key, because the ledger outlives the client.';
COMMENT ON COLUMN public.client_events.kind IS
'What happened: opened, added, edited, corrected, merged, unmerged, erased or deleted.';
COMMENT ON COLUMN public.client_events.org_id_before IS
'The org before the event, or null if the event added the client.';
COMMENT ON COLUMN public.client_events.full_name_before IS 'The name before the event.';
COMMENT ON COLUMN public.client_events.full_name IS 'The name after the event.';
COMMENT ON COLUMN public.client_events.email_before IS 'The e-mail before the event.';
COMMENT ON COLUMN public.client_events.email IS 'The e-mail after the event.';
COMMENT ON COLUMN public.client_events.phone_before IS 'The phone number before the event.';
COMMENT ON COLUMN public.client_events.phone IS 'The phone number after the event.';
COMMENT ON COLUMN public.client_events.notes_before IS 'The notes before the event.';
COMMENT ON COLUMN public.client_events.notes IS 'The notes after the event.';
COMMENT ON COLUMN public.client_events.status_before IS 'The status before the event.';
COMMENT ON COLUMN public.client_events.status IS 'The status after the event.';
COMMENT ON COLUMN public.client_events.other_client_id IS
'The other client of a merge: the kept one, or the one that was merged into this client.';
COMMENT ON COLUMN public.client_events.request_id IS
'The request that caused the event, or null if another program made the change.';
COMMENT ON COLUMN public.client_events.reverses_id IS 'The event that this event undoes.';
COMMENT ON COLUMN public.client_events.db_role IS
'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';
COMMENT ON COLUMN public.client_events.occurred_at IS 'The time of the change.';
COMMENT ON COLUMN public.client_events.xact_id IS 'The transaction of the change.';
COMMENT ON COLUMN public.client_events.erased_at IS
'The time when erase_client() emptied the name, the e-mail, the phone number and the notes.';
