-- Returns how many sessions of each client were reinstated for each reason ('' without one) within the
-- days of its allowance, and not undone. Clients and reasons without any have no row.
SELECT client_id, reason, times
FROM public.count_reinstatements(
    %(org_id)s, %(client_ids)s::uuid[], %(reasons)s::text[], %(days)s::int[]
)
