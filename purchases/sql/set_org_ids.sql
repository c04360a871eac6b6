-- Let the policies of row level security show the rows of one org on this connection.
SELECT set_config('studio.org_ids', ARRAY[%(org_id)s::uuid]::text, false)
