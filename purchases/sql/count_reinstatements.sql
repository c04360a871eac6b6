-- Return how many sessions were reinstated for each client and reason within the days of its
-- allowance, and not undone. The reason is '' if none was given. Clients and reasons without a
-- reinstatement have no row.
SELECT client_id, reason, times
FROM public.count_reinstatements(
    %(org_id)s, %(client_ids)s::uuid[], %(reasons)s::text[], %(days)s::int[]
)
