-- Let the policies of row level security show no row on this connection.
SELECT set_config('studio.org_ids', '', false)
