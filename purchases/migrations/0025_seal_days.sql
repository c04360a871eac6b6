-- Seal the unsealed rows of these days, given as three arrays of equal length: the org, the day and
-- its end. Return the number of new seals. A row is in the seal of the first given day that ended
-- after the row was written, so a row that commits late is in the next seal.
-- Refuse a day that was not over when this transaction began. A day that another transaction has
-- sealed raises unique_violation.
CREATE FUNCTION public.seal_days(
    p_org_ids uuid[], p_days date[], p_ends_at timestamptz[]
) RETURNS int
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Assigned before the snapshot below, and after the end of every day. So a transaction with a
    -- greater id wrote all its rows after the end of every day.
    v_xact_id xid8 := pg_current_xact_id();
    v_now timestamptz := clock_timestamp();
    v_seals int;
BEGIN
    IF EXISTS (SELECT FROM unnest(p_ends_at) AS ends_at WHERE (ends_at < now()) IS NOT TRUE) THEN
        RAISE EXCEPTION 'a day is sealed after its end only'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    WITH RECURSIVE given AS (
        SELECT org_id, array_agg(day ORDER BY ends_at) AS days,
            array_agg(ends_at ORDER BY ends_at) AS ends
        FROM unnest(p_org_ids, p_days, p_ends_at) AS day (org_id, day, ends_at)
        GROUP BY org_id
    ),

    placed AS MATERIALIZED (
        SELECT given.org_id, given.days[place.position] AS day,
            given.ends[place.position] AS ends_at, unsealed.ledger, unsealed.row_id,
            CASE WHEN unsealed.written_at < given.ends[place.position] THEN unsealed.event_id END
                AS event_id,
            unsealed.content, unsealed.personal,
            CASE WHEN unsealed.personal IS NOT NULL THEN gen_random_uuid() END AS salt
        FROM public.ledger_rows() AS unsealed
            LEFT JOIN public.orgs AS org ON org.id = unsealed.org_id
            JOIN given
                ON given.org_id = coalesce(org.id, '00000000-0000-0000-0000-000000000000')
            CROSS JOIN LATERAL (
                -- A time in the future comes from a wrong clock. Such a row is not left unsealed.
                SELECT CASE
                    WHEN unsealed.written_at > v_now + interval '1 day' THEN 1
                    ELSE width_bucket(unsealed.written_at, given.ends) + 1
                END AS position
            ) AS place
        WHERE unsealed.seal_id IS NULL AND place.position <= cardinality(given.ends)
    ),

    hashed AS MATERIALIZED (
        SELECT placed.*, sha256(uuid_send(placed.salt) || convert_to(placed.personal, 'UTF8'))
                AS personal_hash
        FROM placed
    ),

    leaves AS MATERIALIZED (
        SELECT hashed.*,
            sha256(convert_to(hashed.content, 'UTF8') || coalesce(hashed.personal_hash, ''))
                AS leaf
        FROM hashed
    ),

    days AS (
        SELECT org_id, day, ends_at,
            row_number() OVER (PARTITION BY org_id ORDER BY day) AS position,
            count(*) AS lines,
            count(*) FILTER (WHERE ledger <> 'session_requests') AS events,
            ARRAY[
                max(event_id) FILTER (WHERE ledger = 'session_events'),
                max(event_id) FILTER (WHERE ledger = 'expiry_events'),
                max(event_id) FILTER (WHERE ledger = 'purchase_events')
            ] AS last_ids,
            -- Ids in order of their number, because a longer number is a greater one.
            sha256(string_agg(leaf, '' ORDER BY ledger COLLATE "C", length(row_id),
                row_id COLLATE "C")) AS digest
        FROM leaves
        GROUP BY org_id, day, ends_at
    ),

    chain AS (
        SELECT org.org_id, 0::bigint AS position, NULL::date AS day, NULL::timestamptz AS ends_at,
            NULL::bigint AS lines, NULL::bigint AS events, NULL::bytea AS digest, coalesce(newest.number, 0) AS number,
            ARRAY[
                newest.last_session_event_id, newest.last_expiry_event_id,
                newest.last_purchase_event_id
            ] AS last_ids,
            newest.hash
        FROM (SELECT DISTINCT org_id FROM days) AS org
            LEFT JOIN LATERAL (
                SELECT * FROM public.seals WHERE seals.org_id = org.org_id
                ORDER BY seals.number DESC LIMIT 1
            ) AS newest ON true
        UNION ALL
        SELECT days.org_id, days.position, days.day, days.ends_at, days.lines, days.events, days.digest,
            former.number + 1, last.ids,
            public.seal_hash(former.hash, days.org_id, days.day, days.lines, last.ids,
                days.digest, days.ends_at, v_now, v_xact_id, pg_current_snapshot())
        FROM chain AS former
            JOIN days ON days.org_id = former.org_id AND days.position = former.position + 1
            CROSS JOIN LATERAL (
                SELECT ARRAY[
                    greatest(former.last_ids[1], days.last_ids[1]),
                    greatest(former.last_ids[2], days.last_ids[2]),
                    greatest(former.last_ids[3], days.last_ids[3])
                ] AS ids
            ) AS last
    ),

    sealed AS (
        INSERT INTO public.seals (org_id, number, day, lines, events, last_session_event_id,
            last_expiry_event_id, last_purchase_event_id, digest, hash, ends_at, sealed_at,
            xact_id, snapshot)
        SELECT org_id, number, day, lines, events, last_ids[1], last_ids[2], last_ids[3], digest, hash,
            ends_at, v_now, v_xact_id, pg_current_snapshot()
        FROM chain WHERE position > 0
        ORDER BY org_id, number
        RETURNING id, org_id, day
    ),

    sealed_leaves AS (
        INSERT INTO public.seal_leaves (ledger, row_id, seal_id, leaf, personal_hash)
        SELECT leaves.ledger, leaves.row_id, sealed.id, leaves.leaf, leaves.personal_hash
        FROM leaves JOIN sealed ON sealed.org_id = leaves.org_id AND sealed.day = leaves.day
        ORDER BY leaves.ledger, length(leaves.row_id), leaves.row_id
    ),

    salted AS (
        INSERT INTO public.seal_salts (ledger, row_id, salt)
        SELECT ledger, row_id, salt FROM leaves WHERE salt IS NOT NULL
    )

    SELECT count(*) INTO v_seals FROM sealed;
    RETURN v_seals;
END
$$;

REVOKE ALL ON FUNCTION public.seal_days(uuid[], date[], timestamptz[]) FROM PUBLIC;

COMMENT ON FUNCTION public.seal_days(uuid[], date[], timestamptz[]) IS
'Studio: seals the unsealed rows of these days, and returns the number of new seals.';
