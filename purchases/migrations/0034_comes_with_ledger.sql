-- Return whether a change of a row comes with the events of its ledger, for a trigger that runs
-- although session_replication_role is replica.
--
-- A logical subscription that has the ledger copies its events too. If it has the purchases alone,
-- their changes are recorded here. In any other session, an INSERT is a load of a dump, which has
-- the ledger. A row without its ledger is named by check_ledger, and its ledger begins at the next
-- change. Other changes have no ledger but this one.
CREATE FUNCTION public.comes_with_ledger(p_operation text, p_ledger regclass) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT current_setting('session_replication_role') = 'replica'
    AND CASE
        WHEN worker.subid IS NULL THEN p_operation = 'INSERT'
        ELSE EXISTS (
            SELECT FROM pg_catalog.pg_subscription_rel AS copied
            WHERE copied.srsubid = worker.subid AND copied.srrelid = p_ledger
        )
    END
FROM (
    SELECT (
        SELECT running.subid FROM pg_stat_get_subscription(NULL) AS running
        WHERE running.pid = pg_backend_pid()
    ) AS subid
) AS worker
$$;

REVOKE ALL ON FUNCTION public.comes_with_ledger(text, regclass) FROM PUBLIC;

COMMENT ON FUNCTION public.comes_with_ledger(text, regclass) IS
'Studio: whether a change comes with the events of its ledger, by a load or a subscription.';
