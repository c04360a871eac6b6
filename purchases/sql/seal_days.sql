-- Seal the days, and return the number of new seals. Parameters: arrays of org, day and end of day.
SELECT public.seal_days(%(org_ids)s::uuid[], %(days)s::date[], %(ends_at)s::timestamptz[])
