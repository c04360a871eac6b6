-- Returns the current snapshot, and the ids of the org's purchases whose count or expiry was
-- changed by a transaction that the snapshot `seen` does not include; at most `limit` ids.
-- The lower bound is implied by the line after it, and lets the index be entered at its place.
-- The upper bound excludes rows of a database that was restored elsewhere, where transactions are
-- numbered anew.
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
        LIMIT %(limit)s
    ) AS changed
