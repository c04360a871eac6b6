-- Create the table of seals: one row for each day of an org, with a digest of everything that the
-- ledgers and the requests recorded until then. Each seal includes the seal before it, so a seal
-- that somebody keeps outside the database proves all rows up to it.
CREATE TABLE public.seals (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id uuid NOT NULL,
    number int NOT NULL,
    day date NOT NULL,
    lines bigint NOT NULL,
    events bigint NOT NULL,
    last_session_event_id bigint,
    last_expiry_event_id bigint,
    last_purchase_event_id bigint,
    digest bytea NOT NULL,
    hash bytea NOT NULL,
    ends_at timestamptz NOT NULL,
    sealed_at timestamptz NOT NULL,
    xact_id xid8 NOT NULL,
    snapshot pg_snapshot NOT NULL,
    CONSTRAINT seals_are_numbered_from_1 CHECK (number >= 1),
    CONSTRAINT seals_cover_a_line CHECK (lines >= 1),
    CONSTRAINT seals_events_are_lines CHECK (events BETWEEN 0 AND lines),
    CONSTRAINT seals_cover_a_day_that_is_over CHECK (ends_at < sealed_at),
    CONSTRAINT an_org_has_one_seal_per_number UNIQUE (org_id, number),
    CONSTRAINT an_org_has_one_seal_per_day UNIQUE (org_id, day)
);

CREATE TRIGGER forbid_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.seals
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.seals ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.seals IS
'Studio: keeps the table append-only.';
COMMENT ON TABLE public.seals IS
'Studio: the daily seals of the ledgers, a chain for each org. Append-only.';
COMMENT ON COLUMN public.seals.id IS 'The number of the seal among those of all orgs.';
COMMENT ON COLUMN public.seals.org_id IS
'The org, or the nil UUID for rows whose org is not in orgs.';
COMMENT ON COLUMN public.seals.number IS 'The place of the seal in the chain of its org, from 1.';
COMMENT ON COLUMN public.seals.day IS
'The day in the time zone that the org had then. A day without rows has no seal.';
COMMENT ON COLUMN public.seals.lines IS 'The number of sealed rows: events and requests.';
COMMENT ON COLUMN public.seals.events IS 'The number of sealed events, without the requests.';
COMMENT ON COLUMN public.seals.last_session_event_id IS
'The greatest id of session_events in this seal and those before it.';
COMMENT ON COLUMN public.seals.last_expiry_event_id IS
'The greatest id of expiry_events in this seal and those before it.';
COMMENT ON COLUMN public.seals.last_purchase_event_id IS
'The greatest id of purchase_events in this seal and those before it.';
COMMENT ON COLUMN public.seals.digest IS
'The SHA-256 of the leaves of the sealed rows, by ledger and id.';
COMMENT ON COLUMN public.seals.hash IS
'The seal: seal_hash() of the seal before it and of the other columns.';
COMMENT ON COLUMN public.seals.ends_at IS
'The end of the day. Rows that were written before it are in this seal or an earlier one.';
COMMENT ON COLUMN public.seals.sealed_at IS 'The time when the seal was made.';
COMMENT ON COLUMN public.seals.xact_id IS
'The transaction that made the seal. Later transactions began after the end of the day.';
COMMENT ON COLUMN public.seals.snapshot IS
'The snapshot that read the rows. A row that commits later is in a later seal.';
