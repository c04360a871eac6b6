-- Create the table of leaves: one row for each sealed row, with its SHA-256. The leaves name the
-- rows that no longer are as they were sealed. The key keeps each row in one seal.
CREATE TABLE public.seal_leaves (
    ledger text COLLATE "C" NOT NULL,
    row_id text COLLATE "C" NOT NULL,
    seal_id bigint NOT NULL REFERENCES public.seals (id),
    leaf bytea NOT NULL,
    personal_hash bytea,
    CONSTRAINT seal_leaves_ledger_is_known CHECK (
        ledger IN ('session_events', 'expiry_events', 'purchase_events', 'session_requests')
    ),
    CONSTRAINT a_row_is_sealed_once PRIMARY KEY (ledger, row_id)
);

CREATE TRIGGER forbid_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.seal_leaves
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.seal_leaves ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.seal_leaves IS
'Studio: keeps the table append-only.';
COMMENT ON TABLE public.seal_leaves IS
'Studio: the SHA-256 of each sealed row. Append-only.';
COMMENT ON COLUMN public.seal_leaves.ledger IS 'The table of the row.';
COMMENT ON COLUMN public.seal_leaves.row_id IS 'The id of the row, as text.';
COMMENT ON COLUMN public.seal_leaves.seal_id IS 'The seal that covers the row.';
COMMENT ON COLUMN public.seal_leaves.leaf IS
'The SHA-256 of the content of the row, followed by personal_hash if there is one.';
COMMENT ON COLUMN public.seal_leaves.personal_hash IS
'The SHA-256 of a salt and the personal text of the row, or null if it had no such text.';
