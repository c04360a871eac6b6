-- Create the table of merged clients: one row for each record that was merged into another one. The
-- merged record keeps its row in clients, because other programs may refer to it.
CREATE TABLE public.merged_clients (
    client_id uuid PRIMARY KEY
    REFERENCES public.clients (id) ON UPDATE CASCADE ON DELETE CASCADE,
    kept_client_id uuid NOT NULL
    REFERENCES public.clients (id) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT merged_clients_have_another_client CHECK (client_id <> kept_client_id)
);

-- Read by the search terms and the allowances of a kept client, and when it is deleted.
CREATE INDEX merged_clients_of_a_kept_client ON public.merged_clients (kept_client_id);

COMMENT ON TABLE public.merged_clients IS
'Studio: the records that were merged into another client. Functions write it.';
COMMENT ON COLUMN public.merged_clients.client_id IS 'The record that was merged.';
COMMENT ON COLUMN public.merged_clients.kept_client_id IS
'The client that was kept. No record was merged into the merged one.';
