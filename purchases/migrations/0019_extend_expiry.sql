-- Lets a purchase be used for longer and returns its new expiry. Returns null, and changes nothing,
-- where that would be no later than it is, or past already; where the purchase never expires; or
-- where there is none. One UPDATE: a second extension waits for the first, and counts from where
-- that one led.

-- Returns the last second, where the zone is, of the day p_until; or else of the day that comes
-- p_days after today, or after the day on which the purchase expires if that is later.
-- A day ends a second before the next midnight, but where a clock is turned back over midnight, as
-- in the Azores, there are two of those; of two seconds before it, PostgreSQL takes the later one.
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

-- The name of the application tells the ledger, while the function runs, what the change is: a
-- setting that any owner may attach to a function, where one of our own would need a superuser.
CREATE FUNCTION public.extend_expiry(
    p_purchase_id uuid, p_days int, p_until date, p_zone text
) RETURNS timestamptz
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET application_name = 'studio: extend'
AS $$
    UPDATE public.client_purchases
    SET expires_at = public.extended_expiry(expires_at, p_days, p_until, p_zone)
    WHERE id = p_purchase_id
        -- The year 9999 and infinity are ways to say never.
        AND expires_at < timestamptz '9999-01-01 00:00Z'
        AND greatest(expires_at, now())
            < public.extended_expiry(expires_at, p_days, p_until, p_zone)
    RETURNING expires_at
$$;

REVOKE ALL ON FUNCTION public.extended_expiry(timestamptz, int, date, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.extend_expiry(uuid, int, date, text) FROM PUBLIC;
