-- Let the commit of a repeated request wait for the synchronous standbys, as the first one did.
-- A statement that only reads would not wait, so the answer could name a change that no standby has
-- and that a failover would lose. The message is a record of the WAL that nobody reads.
SELECT CASE
    WHEN current_setting('synchronous_standby_names') <> ''
        THEN pg_logical_emit_message(true, 'studio', '')::text
END
