-- Create the table of salts: one random salt for each sealed row with a personal text, which is a
-- note or the subject of a JWT. To erase the text, delete its salt too. The hash in the leaf then
-- stays valid, and the text cannot be found by trying.
CREATE TABLE public.seal_salts (
    ledger text COLLATE "C" NOT NULL,
    row_id text COLLATE "C" NOT NULL,
    salt uuid NOT NULL,
    CONSTRAINT a_row_has_one_salt PRIMARY KEY (ledger, row_id)
);

CREATE TRIGGER forbid_change
BEFORE UPDATE OR TRUNCATE ON public.seal_salts
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.seal_salts ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.seal_salts IS
'Studio: forbids UPDATE and TRUNCATE. A salt may be deleted, to erase a personal text.';
COMMENT ON TABLE public.seal_salts IS
'Studio: the salts of the hashes of notes and of the subjects of JWTs in seal_leaves.';
COMMENT ON COLUMN public.seal_salts.ledger IS 'The table of the row.';
COMMENT ON COLUMN public.seal_salts.row_id IS 'The id of the row, as text.';
COMMENT ON COLUMN public.seal_salts.salt IS 'The salt, a random number.';
