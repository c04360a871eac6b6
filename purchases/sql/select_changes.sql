-- Return the current snapshot, and the ids of the org's purchases that were changed by a transaction
-- that the snapshot `seen` does not include; at most `limit` ids. Each ledger has its own index.
-- `is_beyond` is true if `seen` is of a cluster whose transactions had got further: this one was
-- restored from a backup, or is a younger cluster after a failover.
-- pg_visible_in_snapshot() implies the lower bound, which lets the index scan start there.
-- Return no row if the session of the page has ended, or an owner has closed the org in it.
-- `scope` stores the org in a setting of the connection, for the policies of row level security. It
-- is evaluated before the columns.
-- The upper bound excludes rows from a restored database, because transaction ids start again there.
SELECT
    pg_current_snapshot()::text AS snapshot,
    ARRAY(
        SELECT purchase_id
        FROM public.session_events
        WHERE org_id = %(org_id)s
            AND xact_id >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
            AND NOT pg_visible_in_snapshot(xact_id, %(seen)s::pg_snapshot)
            AND xact_id < pg_snapshot_xmax(pg_current_snapshot())
        UNION ALL
        SELECT purchase_id
        FROM public.expiry_events
        WHERE org_id = %(org_id)s
            AND xact_id >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
            AND NOT pg_visible_in_snapshot(xact_id, %(seen)s::pg_snapshot)
            AND xact_id < pg_snapshot_xmax(pg_current_snapshot())
        UNION ALL
        SELECT purchase_id
        FROM public.purchase_events
        WHERE org_id = %(org_id)s
            AND xact_id >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
            AND NOT pg_visible_in_snapshot(xact_id, %(seen)s::pg_snapshot)
            AND xact_id < pg_snapshot_xmax(pg_current_snapshot())
        LIMIT %(limit)s
    ) AS changed,
    pg_snapshot_xmax(%(seen)s::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) AS is_beyond
FROM set_config('studio.org_ids', ARRAY[%(org_id)s::uuid]::text, false) AS scope
WHERE EXISTS (
    SELECT FROM public.studio_session
    WHERE session_key = %(session_key)s AND expire_date > now() AND membership_id IS NOT NULL
)
