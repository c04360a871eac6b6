-- Return the new expiry of an extension: p_until, or if it is null, the end of the day that is
-- p_days after today, or after the last day of the current expiry if that is later.
-- p_day_ends has the last second of each day in order, without a gap. Return null if it does not
-- reach from the first of these days to the new one.
-- The caller computes every end of a day, because the time zones of PostgreSQL may differ from its
-- own. A day is over one second after its last second. A pack is good until its expiry, so an
-- expiry at midnight belongs to the day before.
DROP FUNCTION public.extended_expiry(timestamptz, int, date, text);

CREATE FUNCTION public.extended_expiry(
    p_expires_at timestamptz, p_until timestamptz, p_days int, p_day_ends timestamptz[]
) RETURNS timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- If no day is over, the current day may be one before the array.
    SELECT coalesce(p_until, p_day_ends[nullif(days_over, 0) + 1 + p_days])
    FROM width_bucket(
        greatest(now(), p_expires_at - interval '1 microsecond') - interval '1 second', p_day_ends
    ) AS days_over
$$;

REVOKE ALL ON FUNCTION public.extended_expiry(timestamptz, timestamptz, int, timestamptz[])
FROM PUBLIC;

COMMENT ON FUNCTION public.extended_expiry(timestamptz, timestamptz, int, timestamptz[]) IS
'Studio: returns the expiry that an extension by days or to a time leads to.';
