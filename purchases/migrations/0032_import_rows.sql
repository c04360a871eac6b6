-- Create the table of the planned rows of an import. A plan is stored as a whole before its first
-- row is written, so that a killed server goes on exactly.
CREATE TABLE public.import_rows (
    import_id uuid NOT NULL REFERENCES public.imports (id),
    position int NOT NULL,
    row_number int NOT NULL,
    org_id uuid NOT NULL,
    client_id uuid NOT NULL,
    adds_client boolean NOT NULL,
    client_request_id uuid,
    full_name text,
    email text,
    phone text,
    notes text,
    external_id text,
    request_id uuid,
    purchase_id uuid,
    offer_id uuid,
    sessions_total int,
    sessions_used int,
    amount_paid_cents int,
    currency text,
    purchased_at timestamptz,
    expires_at timestamptz,
    PRIMARY KEY (import_id, position),
    CONSTRAINT import_rows_a_client_to_add_has_a_request CHECK (
        adds_client = (client_request_id IS NOT NULL)
    ),
    CONSTRAINT import_rows_a_purchase_is_whole CHECK (
        num_nulls(
            request_id, purchase_id, offer_id, sessions_total, sessions_used, amount_paid_cents,
            currency, purchased_at
        ) IN (0, 8)
    )
);

-- Read by the next file of the same program, which names its clients by these numbers.
CREATE INDEX import_rows_by_external_id ON public.import_rows (org_id, external_id)
WHERE external_id IS NOT NULL;

COMMENT ON TABLE public.import_rows IS
'Studio: the planned rows of an import. The contact data is removed when a row is written.';
COMMENT ON COLUMN public.import_rows.import_id IS 'The import.';
COMMENT ON COLUMN public.import_rows.position IS 'The place of the row in the plan, from 1.';
COMMENT ON COLUMN public.import_rows.row_number IS 'The number of the row in the file.';
COMMENT ON COLUMN public.import_rows.org_id IS 'The org of the import.';
COMMENT ON COLUMN public.import_rows.client_id IS
'The client. It has no foreign key, because the row is planned before the client exists.';
COMMENT ON COLUMN public.import_rows.adds_client IS 'Whether the row adds the client.';
COMMENT ON COLUMN public.import_rows.client_request_id IS
'The id of the request that adds the client, or null if the row adds none.';
COMMENT ON COLUMN public.import_rows.full_name IS 'The name of a client to add, until then.';
COMMENT ON COLUMN public.import_rows.email IS 'The e-mail of a client to add, until then.';
COMMENT ON COLUMN public.import_rows.phone IS 'The phone of a client to add, until then.';
COMMENT ON COLUMN public.import_rows.notes IS 'The note about a client to add, until then.';
COMMENT ON COLUMN public.import_rows.external_id IS
'The number of the client in the other program.';
COMMENT ON COLUMN public.import_rows.request_id IS 'The id of the request of the purchase.';
COMMENT ON COLUMN public.import_rows.purchase_id IS 'The purchase, or null if the row has none.';
COMMENT ON COLUMN public.import_rows.offer_id IS 'The offer of the purchase.';
COMMENT ON COLUMN public.import_rows.sessions_total IS 'The bought sessions.';
COMMENT ON COLUMN public.import_rows.sessions_used IS 'The used sessions.';
COMMENT ON COLUMN public.import_rows.amount_paid_cents IS 'What was paid, or 0 if unknown.';
COMMENT ON COLUMN public.import_rows.currency IS 'The currency of the amount.';
COMMENT ON COLUMN public.import_rows.purchased_at IS 'The time of the purchase.';
COMMENT ON COLUMN public.import_rows.expires_at IS 'The expiry, or null if it never expires.';
