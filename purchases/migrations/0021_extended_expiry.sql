-- Return the last second, in the time zone p_zone, of the day p_until. If p_until is null, return
-- that of the day p_days after today, or after the day of expiry if that is later.
-- A day normally ends one second before the next midnight. If clocks are turned back over
-- midnight, as in the Azores, there are two such seconds, and PostgreSQL takes the later one.
CREATE FUNCTION public.extended_expiry(
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

REVOKE ALL ON FUNCTION public.extended_expiry(timestamptz, int, date, text) FROM PUBLIC;

COMMENT ON FUNCTION public.extended_expiry(timestamptz, int, date, text) IS
'Studio: returns the expiry that an extension by days or to a day leads to.';
