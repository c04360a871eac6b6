-- Returns the last second, where the zone is, of the day p_until; or else of the day that comes
-- p_days after today, or after the day on which the purchase expires if that is later.
-- A day ends a second before the next midnight, but where a clock is turned back over midnight, as
-- in the Azores, there are two of those; of two seconds before it, PostgreSQL takes the later one.
CREATE OR REPLACE FUNCTION public.extended_expiry(
    p_expires_at timestamptz, p_days int, p_until date, p_zone text
) RETURNS timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (last_day + time '23:59:59') AT TIME ZONE p_zone
    FROM (VALUES (coalesce(
        p_until, (greatest(now(), p_expires_at) AT TIME ZONE p_zone)::date + p_days
    ))) AS extended (last_day)
$$;
