-- Create the security log: one row for each sign-in, wrong secret, change of an account and refused
-- page. Its rows have codes, ids and addresses only. No foreign keys, because the log outlives the
-- accounts and orgs that it names.
CREATE TABLE public.studio_security_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    org_id uuid,
    account_id bigint,
    actor_id bigint,
    door text NOT NULL,
    address text NOT NULL,
    unknown_name text NOT NULL,
    detail text NOT NULL,
    log_id text NOT NULL,
    CONSTRAINT security_event_kind_is_a_code CHECK (kind ~ '^[a-z][a-z_]*$')
);

CREATE INDEX security_events_of_org ON public.studio_security_event (org_id, id);

CREATE TRIGGER forbid_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.studio_security_event
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.studio_security_event ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.studio_security_event IS
'Studio: keeps the table append-only.';
COMMENT ON TABLE public.studio_security_event IS
'Studio: the security log: sign-ins, wrong secrets, changes of accounts, refusals. Append-only.';
COMMENT ON COLUMN public.studio_security_event.id IS 'The number of the event.';
COMMENT ON COLUMN public.studio_security_event.occurred_at IS
'The time by the clock of the database.';
COMMENT ON COLUMN public.studio_security_event.kind IS 'What happened, as a code.';
COMMENT ON COLUMN public.studio_security_event.org_id IS
'The org of the account, or else of the person who acted. Null without one.';
COMMENT ON COLUMN public.studio_security_event.account_id IS
'The user whom the event is about, or null for an unknown name.';
COMMENT ON COLUMN public.studio_security_event.actor_id IS
'The user who acted, or null before a sign-in and at a locked desk.';
COMMENT ON COLUMN public.studio_security_event.door IS 'The page on which it happened, as a code.';
COMMENT ON COLUMN public.studio_security_event.address IS
'The address of the browser, or empty if it is not known.';
COMMENT ON COLUMN public.studio_security_event.unknown_name IS
'A digest of a name without an account, made with a key that is not in the database.';
COMMENT ON COLUMN public.studio_security_event.detail IS
'Codes and ids that belong to the kind, such as the roles before and after.';
COMMENT ON COLUMN public.studio_security_event.log_id IS
'The id of the request, which the lines of the log have too.';
