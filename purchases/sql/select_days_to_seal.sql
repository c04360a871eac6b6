-- Return each org's days that are over and not sealed, up to yesterday in its time zone, with the end
-- of each day. Parameters: the orgs, the time zone of each, and the time that counts as now.
-- PostgreSQL may not know a zone that Python knows. The days of such an org are those of UTC.
-- The first seal of an org covers everything that is older than ten years.
WITH org AS (
    SELECT
        given.id,
        zone.name AS zone,
        newest.day,
        (%(now)s AT TIME ZONE zone.name)::date - 1 AS yesterday
    FROM unnest(%(org_ids)s::uuid[], %(zones)s::text[]) AS given (id, zone)
    LEFT JOIN pg_catalog.pg_timezone_names AS known ON known.name = given.zone
    CROSS JOIN LATERAL (SELECT coalesce(known.name, 'UTC') AS name) AS zone
    LEFT JOIN LATERAL (
        SELECT seals.day
        FROM public.seals
        WHERE seals.org_id = given.id
        ORDER BY seals.number DESC
        LIMIT 1
    ) AS newest ON true
),

first_day AS (
    SELECT
        org.id,
        coalesce(
            org.day + 1,
            (
                SELECT
                    (greatest(first.occurred_at, %(now)s - interval '10 years')
                    AT TIME ZONE org.zone)::date
                FROM (
                    SELECT min(event.occurred_at) AS occurred_at
                    FROM public.session_events AS event
                    WHERE event.org_id = org.id
                ) AS first
                WHERE first.occurred_at IS NOT NULL
            ),
            org.yesterday
        ) AS day
    FROM org
)

SELECT
    org.id AS org_id,
    series.day::date AS day,
    (series.day::date + 1)::timestamp AT TIME ZONE org.zone AS ends_at
FROM org
INNER JOIN first_day ON first_day.id = org.id
CROSS JOIN generate_series(
    first_day.day::timestamp, org.yesterday::timestamp, interval '1 day'
) AS series (day)
ORDER BY org.id, series.day
