-- Let each identity column continue after its greatest value. Logical replication copies rows, and
-- no sequence. Run it with psql as the owner of the tables, after the last change has arrived.
DO $$
DECLARE
    v_column record;
BEGIN
    FOR v_column IN
        SELECT attrelid::regclass AS relation, attname,
            pg_get_serial_sequence(attrelid::regclass::text, attname) AS sequence
        FROM pg_catalog.pg_attribute
            JOIN pg_catalog.pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
            AND NOT attisdropped
            AND pg_get_serial_sequence(attrelid::regclass::text, attname) IS NOT NULL
    LOOP
        EXECUTE format('SELECT setval(%L, coalesce(max(%I), 0) + 1, false) FROM %s',
            v_column.sequence, v_column.attname, v_column.relation);
    END LOOP;
END
$$;
