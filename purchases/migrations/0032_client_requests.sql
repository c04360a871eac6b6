-- Let requests add a client by an import, and undo that. Each names the file.
ALTER TABLE public.client_requests
ADD COLUMN file_name text,
DROP CONSTRAINT client_requests_operation_is_known,
ADD CONSTRAINT client_requests_operation_is_known CHECK (
    operation IN (
        'add_client', 'edit_client', 'merge_client', 'undo_merge', 'import', 'undo_import'
    )
),
-- After a migration back and forth, older imports have lost the name.
ADD CONSTRAINT client_requests_only_imports_name_a_file CHECK (
    operation IN ('import', 'undo_import') OR file_name IS NULL
);

-- Read by record_client_event(), which finds the request of each client of an import.
CREATE INDEX client_requests_of_a_client ON public.client_requests (client_id);

COMMENT ON TABLE public.client_requests IS
'Studio: what a person asked for about a client, once per request id. Append-only.';
COMMENT ON COLUMN public.client_requests.operation IS
'What was asked: add_client, edit_client, merge_client, undo_merge, import or undo_import.';
COMMENT ON COLUMN public.client_requests.file_name IS 'The name of the file of an import.';
